import type { SourceRef } from "@/lib/variant";

/** The address of the page of a story or video. */
export function pageOf({ kind, id }: SourceRef): string {
  return `${kind === "STORY" ? "/stories" : "/videos"}/${id}`;
}
