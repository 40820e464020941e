export const METRICS = ["VIEWS", "LIKES", "COMMENTS", "SHARES"] as const;
export type Metric = (typeof METRICS)[number];

/** What a delivery had on a day; no value where the platform was asked and did not tell. */
export interface Statistic {
  day: string;
  metric: Metric;
  value: number | null;
}

/** A number, or why there is none: nobody asked yet, or the platform does not tell. Neither is zero. */
export type Figure = number | "not_asked" | "not_told";

/** The last that is known of a delivery, up to a day if one is given. */
export function latest(series: Statistic[], metric: Metric, until?: string): Figure {
  const asked = series.filter((one) => one.metric === metric && (until === undefined || one.day <= until));
  if (asked.length === 0) return "not_asked";
  const told = asked.filter((one) => one.value !== null).toSorted((a, b) => (a.day < b.day ? -1 : 1));
  return told.at(-1)?.value ?? "not_told";
}

export interface Total {
  /** Nothing when nobody told anything. */
  value: number | null;
  /** So many told. */
  told: number;
  of: number;
}

/** The sum of what is known, and of how many it is known. */
export function total(figures: Figure[]): Total {
  const told = figures.filter((figure) => typeof figure === "number");
  return {
    value: told.length === 0 ? null : told.reduce((sum, figure) => sum + figure, 0),
    told: told.length,
    of: figures.length,
  };
}

/** So many days up to a last one, the first first. */
export function daysUntil(last: string, count: number): string[] {
  const end = Date.parse(`${last}T00:00:00Z`);
  return Array.from({ length: count }, (_, index) => new Date(end - (count - 1 - index) * 86_400_000).toISOString().slice(0, 10));
}

/** What several deliveries had together on each day; a day of which nothing is known stays a gap. */
export function perDay(all: Statistic[][], metric: Metric, days: string[]): (number | null)[] {
  return days.map((day) => total(all.map((series) => latest(series, metric, day))).value);
}
