import type { SourceRef } from "@/lib/variant";

/** A field of a saved state: what it is called in the locale files, how it reads, and what it holds. */
export interface FieldState {
  label: string;
  text: string;
  value: unknown;
}

/** A saved state of a story or video. */
export interface Revision {
  id: string;
  number: number;
  createdBy: string | null;
  createdAt: string;
  /** In the order of the form. */
  fields: FieldState[];
}

/** The saved states of a story or video, newest first, and what became of them. */
export interface History {
  source: SourceRef;
  title: string;
  isArchived: boolean;
  version: number;
  latest: string;
  published: string | null;
  revisions: Revision[];
}
