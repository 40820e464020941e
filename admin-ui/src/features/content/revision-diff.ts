import { diffWords } from "diff";

import { canonical } from "./canonical";
import type { FieldState } from "./revision";

/** A stretch of text that stayed, came or went. */
export interface Stretch {
  text: string;
  kind: "same" | "added" | "removed";
}

export interface FieldChange {
  label: string;
  /** Empty when the words are the same and only pictures, cards or formats differ. */
  stretches: Stretch[];
}

const WORDS = new Intl.Segmenter("zh", { granularity: "word" });
const PATIENCE_MS = 1000;

/** What became of each field between two states, word by word. */
export function changes(before: FieldState[], after: FieldState[]): FieldChange[] {
  return after.flatMap(({ label, text, value }) => {
    const old = before.find((field) => field.label === label);
    if (old === undefined || canonical(old.value) === canonical(value)) return [];
    return [{ label, stretches: old.text === text ? [] : wordDiff(old.text, text) }];
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
