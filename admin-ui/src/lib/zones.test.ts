import { expect, test } from "vitest";

import { instantOf, isSameClock } from "./zones";

test("a time on a wall is an instant, also where the clocks are changed", () => {
  expect(instantOf("2026-03-04T08:00", "Asia/Shanghai").toISOString()).toBe("2026-03-04T00:00:00.000Z");
  expect(instantOf("2026-07-01T08:00", "Europe/Berlin").toISOString()).toBe("2026-07-01T06:00:00.000Z");
  expect(instantOf("2026-12-01T08:00", "Europe/Berlin").toISOString()).toBe("2026-12-01T07:00:00.000Z");
});

test("zones with other names can show the same time", () => {
  const at = new Date("2026-03-04T00:00:00Z");

  expect(isSameClock(at, "Asia/Shanghai", "Asia/Hong_Kong")).toBe(true);
  expect(isSameClock(at, "Asia/Shanghai", "Asia/Tokyo")).toBe(false);
});

test("an offset stands for a zone", () => {
  expect(instantOf("2026-03-04T08:00", "+08:00").toISOString()).toBe("2026-03-04T00:00:00.000Z");
  expect(isSameClock(new Date("2026-03-04T00:00:00Z"), "+08:00", "Asia/Shanghai")).toBe(true);
});
