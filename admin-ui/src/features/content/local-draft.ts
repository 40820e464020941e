import type { StoryDraft } from "./story-draft";

/** What was typed and has not reached the server yet, as this browser keeps it. */
export interface LocalDraft {
  draft: StoryDraft;
  baseVersion: number;
  typedAt: string;
}

// The browser's plain store, since it also takes what is written in the very moment a page is closed.
const keyOf = (user: string, story: string) => `fenfa.draft.${user}.${story}`;

/** Keeps a draft in this browser; fails when the browser's room is full. */
export function keepLocally(user: string, story: string, local: LocalDraft): void {
  localStorage.setItem(keyOf(user, story), JSON.stringify(local));
}

/** What this browser kept of a story for a person. */
export function localDraft(user: string, story: string): LocalDraft | null {
  const kept = localStorage.getItem(keyOf(user, story));
  return kept === null ? null : (JSON.parse(kept) as LocalDraft);
}

/** The server has it: this browser need not keep it. */
export function forgetLocally(user: string, story: string): void {
  localStorage.removeItem(keyOf(user, story));
}
