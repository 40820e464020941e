import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderPart } from "@/testing/render";

import { ZonedTimeField } from "./zoned-time-field";

const NOW = Date.parse("2026-03-04T00:00:00Z");

function show(wallTime: string, zone: string) {
  renderPart(<ZonedTimeField label="时间" value={wallTime} onChange={() => undefined} zone={zone} now={NOW} />);
}

test("a time that has passed is refused with the reason", () => {
  show("2026-03-04T07:59", "Asia/Shanghai");

  expect(screen.getByText(/这个时间已经过去（现在是 3月4日周三 08:00）/)).toBeVisible();
});

test("who sits elsewhere sees one's own clock too", () => {
  show("2026-03-04T10:00", "Pacific/Kiritimati");

  expect(screen.getByText(/^你那里是 /)).toBeVisible();
});
