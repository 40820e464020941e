import { diffWords } from "diff";

import { type Field, type StoryDraft, differences, fieldText } from "./story-draft";

/** A stretch of text that stayed, came or went. */
export interface Stretch {
  text: string;
  kind: "same" | "added" | "removed";
}

export interface FieldChange {
  field: Field;
  /** Empty when the words are the same and only pictures, cards or formats differ. */
  stretches: Stretch[];
}

const WORDS = new Intl.Segmenter("zh", { granularity: "word" });
const PATIENCE_MS = 1000;

/** What became of each field between two states, word by word. */
export function changes(before: StoryDraft, after: StoryDraft): FieldChange[] {
  return differences(before, after).map((field) => {
    const old = fieldText(before, field);
    const now = fieldText(after, field);
    return { field, stretches: old === now ? [] : wordDiff(old, now) };
  });
}

/** Two texts as one; texts with too little in common stand one after the other. */
export function wordDiff(old: string, now: string): Stretch[] {
  const parts = diffWords(old, now, { intlSegmenter: WORDS, timeout: PATIENCE_MS });
  const found: Stretch[] = parts?.map(({ value, added, removed }) => ({
    text: value,
    kind: added ? "added" : removed ? "removed" : "same",
  })) ?? [
    { text: old, kind: "removed" },
    { text: now, kind: "added" },
  ];
  return found.filter(({ text }) => text !== "");
}
