import { expect, test } from "vitest";

import { isNearEnd } from "./outlook";

const quota = (allowed: number, taken: number, planned: number) => ({ name: "mass_daily", allowed, taken, planned, isExceeded: false, resetsAt: "" });

test("an allowance is near its end from four fifths on, planned ones included", () => {
  expect(isNearEnd(quota(10, 7, 0))).toBe(false);
  expect(isNearEnd(quota(10, 5, 3))).toBe(true);
});

test("where few are allowed only too many are worth a word", () => {
  expect(isNearEnd(quota(0, 0, 0))).toBe(false);
  expect(isNearEnd(quota(0, 0, 1))).toBe(true);
  expect(isNearEnd(quota(1, 0, 1))).toBe(false);
  expect(isNearEnd(quota(1, 1, 1))).toBe(true);
});
