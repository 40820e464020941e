import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { ApiError, request } from "@/lib/graphql";

import { type StoryDraft, differences, draftOf, inputOf } from "./story-draft";
import { AutosaveStory, type Story, UpdateStory, storyOptions } from "./story-query";

const REST_MS = 800;

/** A story that is being changed: what is typed, what it rests on, and who else wrote in between. */
export function useStoryEditor(loaded: Story) {
  const client = useQueryClient();
  const [story, setStory] = useState(loaded);
  const [draft, setDraft] = useState(() => draftOf(loaded.content));
  const [theirs, setTheirs] = useState<Story | null>(null);
  // Rises when the text comes from elsewhere than the keyboard, so that the body is drawn anew.
  const [round, setRound] = useState(0);
  const isDirty = differences(draft, draftOf(story.content)).length > 0;

  /** Takes what the server says the story is now; what is typed stays. */
  const adopt = (next: Story) => {
    setStory(next);
    void client.invalidateQueries({ queryKey: ["stories", "list"] });
    void client.invalidateQueries({ queryKey: ["variant", next.id] });
  };

  const write = useMutation({
    mutationFn: async ({ draft: typed, base }: { draft: StoryDraft; base: Story }) => {
      const input = { id: base.id, baseVersion: base.version, content: inputOf(typed, base.content) };
      return (await request(UpdateStory, { input })).updateStory.story;
    },
    onSuccess: (next, { draft: sent }) => {
      adopt(next);
      setDraft((now) => (now === sent ? draftOf(next.content) : now));
    },
    onError: async (error) => {
      if (error instanceof ApiError && error.code === "CONFLICT") {
        setTheirs((await client.fetchQuery(storyOptions(story.id))).story);
      }
    },
  });

  const autosave = useAutosave(story, draft, isDirty && theirs === null && !write.isPending);

  return {
    story,
    draft,
    isDirty,
    theirs,
    round,
    autosave,
    adopt,
    isSaving: write.isPending,
    error: write.error instanceof ApiError && write.error.code === "CONFLICT" ? null : write.error,
    change: (part: Partial<StoryDraft>) => {
      setDraft((before) => ({ ...before, ...part }));
    },
    save: () => write.mutateAsync({ draft, base: story }),
    /** Goes on from their version with what was chosen field by field. */
    settle: (merged: StoryDraft) => {
      if (theirs === null) return;
      setStory(theirs);
      setDraft(merged);
      setTheirs(null);
      setRound(round + 1);
      write.mutate({ draft: merged, base: theirs });
    },
    /** Goes on with what was being typed when one left. */
    resume: (typed: StoryDraft) => {
      setDraft(typed);
      setRound(round + 1);
    },
    putOff: () => {
      setTheirs(null);
    },
  };
}

export type StoryEditor = ReturnType<typeof useStoryEditor>;

/** Keeps what is typed on the server once the keys rest; never while an input method composes. */
function useAutosave(story: Story, draft: StoryDraft, isWanted: boolean) {
  const isComposing = useRef(false);
  const keep = useMutation({
    mutationFn: async (typed: StoryDraft) => {
      const input = { id: story.id, baseVersion: story.version, content: inputOf(typed, story.content) };
      return (await request(AutosaveStory, { input })).autosaveStory.autosave.savedAt;
    },
  });
  const { mutate, reset } = keep;
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
  useEffect(() => {
    if (!isWanted || draft.title.trim() === "") return undefined;
    let timer: ReturnType<typeof setTimeout>;
    const attempt = () => {
      if (isComposing.current) timer = setTimeout(attempt, REST_MS / 2);
      else mutate(draft);
    };
    timer = setTimeout(attempt, REST_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [draft, isWanted, mutate]);
  useEffect(() => {
    reset();
  }, [story.version, reset]);
  return { at: keep.data, isPending: keep.isPending, error: keep.error };
}
