export const CONTENT_STATES = ["DRAFT", "PUBLISHED", "CHANGED", "ARCHIVED"] as const;
export type ContentState = (typeof CONTENT_STATES)[number];

/** A state out of an address; what is none is no filter. */
export function asContentState(value: string | undefined): ContentState | null {
  return CONTENT_STATES.find((state) => state === value) ?? null;
}
