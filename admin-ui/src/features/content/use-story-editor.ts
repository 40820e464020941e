import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { ApiError, request } from "@/lib/graphql";

import { type StoryDraft, differences, draftOf, inputOf } from "./story-draft";
import { type Story, UpdateStory, storyOptions } from "./story-query";
import { useAutosave } from "./use-autosave";

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
      autosave.forget();
      setDraft((now) => (now === sent ? draftOf(next.content) : now));
    },
    onError: async (error) => {
      if (error instanceof ApiError && error.code === "CONFLICT") {
        setTheirs((await client.fetchQuery(storyOptions(story.id, true))).story);
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
