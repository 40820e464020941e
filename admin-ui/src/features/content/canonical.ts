/** The same text for the same value, whatever the order of its keys; what is nothing does not count. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  if ("id" in value) return JSON.stringify(value.id);
  const entries = Object.entries(value as Record<string, unknown>).filter(([, inner]) => !isNothing(inner));
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`)
    .join()}}`;
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (typeof value !== "object") return false;
  return Object.values(value).every(isNothing);
}
