import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { ApiError, request } from "@/lib/graphql";
import { viewerOptions } from "@/lib/session";

import { forgetLocally, keepLocally } from "./local-draft";
import { type StoryDraft, inputOf } from "./story-draft";
import { AutosaveStory, type Story } from "./story-query";

const REST_MS = 800;
const AGAIN_MS = 2_000;
const LONGEST_MS = 15_000;

/** Whether the same may go well a little later: nobody answered, or the server had trouble of its own. */
const isPassing = (error: unknown) => error instanceof ApiError && (error.code === "OFFLINE" || error.code === "INTERNAL" || error.code.startsWith("HTTP_5"));

/**
 * Keeps what is typed once the keys rest, never while an input method composes: first in this browser, then on the server.
 * Without the server it stays in the browser and is sent when the server is back.
 */
export function useAutosave(story: Story, draft: StoryDraft, isWanted: boolean) {
  const user = useQuery(viewerOptions).data?.user.id;
  const isComposing = useComposing();
  const [localAt, setLocalAt] = useState<string | null>(null);
  const [wasReplayed, setWasReplayed] = useState(false);
  const { id, version, content } = story;

  const keep = useMutation({
    mutationFn: async (typed: StoryDraft) => {
      const input = { id, baseVersion: version, content: inputOf(typed, content) };
      return (await request(AutosaveStory, { input })).autosaveStory.autosave.savedAt;
    },
    retry: (_, error) => isPassing(error),
    retryDelay: (count) => Math.min(AGAIN_MS * 2 ** count, LONGEST_MS),
    onSuccess: () => {
      if (user !== undefined) forgetLocally(user, id);
      setLocalAt(null);
    },
  });
  const { mutate, reset } = keep;
  // The library tells of a failure only when it gives up; what failed so far stands here.
  const failing = keep.failureReason;

  useEffect(() => {
    if (!isWanted || user === undefined) return undefined;
    const now = () => {
      const typedAt = new Date().toISOString();
      keepLocally(user, id, { draft, baseVersion: version, typedAt });
      return typedAt;
    };
    let timer: ReturnType<typeof setTimeout>;
    const attempt = () => {
      if (isComposing.current) {
        timer = setTimeout(attempt, REST_MS / 2);
        return;
      }
      setLocalAt(now());
      if (draft.title.trim() !== "") mutate(draft);
    };
    timer = setTimeout(attempt, REST_MS);
    window.addEventListener("pagehide", now);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("pagehide", now);
    };
  }, [draft, isWanted, mutate, user, id, version, isComposing]);

  const isFailing = keep.isPending && failing !== null;
  const [wasFailing, setWasFailing] = useState(false);
  if (wasFailing !== isFailing) {
    setWasFailing(isFailing);
    setWasReplayed(wasFailing && keep.isSuccess);
  }
  useEffect(() => {
    reset();
  }, [version, reset]);

  return {
    at: keep.data,
    isPending: keep.isPending && failing === null,
    error: keep.error ?? failing,
    localAt,
    wasReplayed,
    /** The story was saved, or what was typed is not wanted. */
    forget: () => {
      if (user !== undefined) forgetLocally(user, id);
      setLocalAt(null);
    },
  };
}

function useComposing() {
  const isComposing = useRef(false);
  useEffect(() => {
    const begin = () => (isComposing.current = true);
    const end = () => (isComposing.current = false);
    document.addEventListener("compositionstart", begin);
    document.addEventListener("compositionend", end);
    return () => {
      document.removeEventListener("compositionstart", begin);
      document.removeEventListener("compositionend", end);
    };
  }, []);
  return isComposing;
}
