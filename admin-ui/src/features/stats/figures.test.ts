import { expect, test } from "vitest";

import { type Statistic, daysUntil, latest, perDay, total } from "./figures";

const views = (day: string, value: number | null): Statistic => ({ day, metric: "VIEWS", value });

test("what was not asked, what is not told, and zero are three things", () => {
  expect(latest([], "VIEWS")).toBe("not_asked");
  expect(latest([views("2026-03-04", null)], "VIEWS")).toBe("not_told");
  expect(latest([views("2026-03-04", 0)], "VIEWS")).toBe(0);
});

test("the last that was told holds, also when the platform is silent for a day", () => {
  expect(latest([views("2026-03-05", null), views("2026-03-04", 12)], "VIEWS")).toBe(12);
});

test("a sum says of how many it is", () => {
  expect(total([3, "not_told", 4, "not_asked"])).toEqual({ value: 7, told: 2, of: 4 });
  expect(total(["not_told"])).toEqual({ value: null, told: 0, of: 1 });
});

test("days of which nothing is known are gaps, later ones keep what was known", () => {
  const days = daysUntil("2026-03-02", 4);

  expect(days).toEqual(["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]);
  expect(perDay([[views("2026-02-28", 5)], [views("2026-03-02", 2)]], "VIEWS", days)).toEqual([null, 5, 5, 7]);
});
