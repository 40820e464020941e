/** Something on the platform that may be the delivery's. */
export interface Candidate {
  external_id: string;
  external_url: string | null;
  title: string;
  created_at: string | null;
  /** In what it agrees: `marker`, `title`, `time`. */
  matches: string[];
}

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);

/** Reads the candidates out of a delivery's parameters; what is none is left out. */
export function candidatesOf(params: unknown): Candidate[] {
  const listed = (params as { candidates?: unknown } | null)?.candidates;
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((one: Record<string, unknown>) => {
    const id = text(one["external_id"]);
    if (id === null) return [];
    const matches = Array.isArray(one["matches"]) ? one["matches"].filter((by) => typeof by === "string") : [];
    return [
      {
        external_id: id,
        external_url: text(one["external_url"]),
        title: text(one["title"]) ?? id,
        created_at: text(one["created_at"]),
        matches,
      },
    ];
  });
}
