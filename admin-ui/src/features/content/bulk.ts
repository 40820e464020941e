import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { type VariablesOf, request } from "@/lib/graphql";

import type { ContentState } from "./content-state";
import { ArchiveStory, PublishStory, RestoreStory, UnpublishStory } from "./story-query";

type Input = VariablesOf<typeof PublishStory>["input"];

/** What can be done with many stories at once: to which it applies, and how it is asked for. */
const ACTIONS = {
  publish: { states: ["DRAFT", "CHANGED"], ask: (input: Input) => request(PublishStory, { input }) },
  unpublish: { states: ["PUBLISHED", "CHANGED"], ask: (input: Input) => request(UnpublishStory, { input }) },
  archive: { states: ["DRAFT", "PUBLISHED", "CHANGED"], ask: (input: Input) => request(ArchiveStory, { input }) },
  restore: { states: ["ARCHIVED"], ask: (input: Input) => request(RestoreStory, { input }) },
} as const satisfies Record<string, { states: readonly ContentState[]; ask: (input: Input) => Promise<unknown> }>;

export type BulkAction = keyof typeof ACTIONS;
export const BULK_ACTIONS = ["publish", "unpublish", "archive", "restore"] as const satisfies BulkAction[];

export interface BulkStory {
  id: string;
  title: string;
  state: ContentState;
}

/** Those of the chosen stories to which it applies. */
export function applicable(action: BulkAction, stories: BulkStory[]): BulkStory[] {
  const states: readonly ContentState[] = ACTIONS[action].states;
  return stories.filter(({ state }) => states.includes(state));
}

export type Result = "done" | Error;

/** Goes through stories one by one; one that is refused holds up none of the others. */
export function useBulk(action: BulkAction, stories: BulkStory[]) {
  const [results, setResults] = useState<ReadonlyMap<string, Result>>(new Map());
  const isStopped = useRef(false);
  const client = useQueryClient();
  const run = useMutation({
    mutationFn: async () => {
      isStopped.current = false;
      for (const { id } of stories.filter((story) => results.get(story.id) !== "done")) {
        if (isStopped.current) break;
        const result = await send(action, id);
        setResults((before) => new Map(before).set(id, result));
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["stories"] }),
  });
  return {
    results,
    isRunning: run.isPending,
    isOver: run.isSuccess,
    start: () => {
      run.mutate();
    },
    stop: () => {
      isStopped.current = true;
    },
  };
}

async function send(action: BulkAction, id: string): Promise<Result> {
  try {
    await ACTIONS[action].ask({ id });
    return "done";
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
