import { expect, test } from "vitest";

import { type Planned, cardsOf, countByState, movable, statesByChannel, step, stretch, today } from "./plan";

function planned(id: string, sourceId: string, dueAt: string, actions: Planned["actions"] = ["RESCHEDULE"]): Planned {
  return {
    id,
    title: sourceId,
    sourceId,
    sourceKind: "STORY",
    channel: "one",
    lane: "lane",
    state: "SCHEDULED",
    actions,
    dueAt,
    wallTime: dueAt.slice(0, 16),
    zone: "UTC",
    account: null,
  };
}

test("a story that goes to two channels in the same minute is one card", () => {
  const cards = cardsOf([
    planned("b", "spring", "2026-03-04T02:00:40Z"),
    planned("a", "spring", "2026-03-04T02:00:00Z"),
    planned("c", "spring", "2026-03-05T02:00:00Z"),
    planned("d", "autumn", "2026-03-04T02:00:00Z"),
  ]);

  expect(cards.map((card) => card.deliveries.map(({ id }) => id))).toEqual([["b", "a"], ["c"], ["d"]]);
  expect(cards[0]?.at).toBe("2026-03-04T02:00:00Z");
});

test("what was sent does not move with the rest of its card", () => {
  const [card] = cardsOf([planned("a", "s", "2026-03-04T02:00:00Z"), planned("b", "s", "2026-03-04T02:00:00Z", ["WITHDRAW"])]);

  expect(card && movable(card).map(({ id }) => id)).toEqual(["a"]);
});

test("a channel stands on a card once, however many of its lanes go out", () => {
  const [card] = cardsOf([
    planned("a", "s", "2026-03-04T02:00:00Z"),
    { ...planned("b", "s", "2026-03-04T02:00:00Z"), lane: "other" },
    { ...planned("c", "s", "2026-03-04T02:00:00Z"), lane: "third", state: "PUBLISHED" },
    { ...planned("d", "s", "2026-03-04T02:00:00Z"), channel: "two" },
  ]);

  expect(card && statesByChannel(card)).toEqual([
    ["one", ["SCHEDULED", "PUBLISHED"]],
    ["two", ["SCHEDULED"]],
  ]);
});

test("where there is little room a card counts what is in each state", () => {
  const [card] = cardsOf([
    planned("a", "s", "2026-03-04T02:00:00Z"),
    { ...planned("b", "s", "2026-03-04T02:00:00Z"), channel: "two" },
    { ...planned("c", "s", "2026-03-04T02:00:00Z"), channel: "three", state: "HELD" },
  ]);

  expect(card && countByState(card)).toEqual([
    ["SCHEDULED", 2],
    ["HELD", 1],
  ]);
});

test("a month steps to the first day, also from the last of a longer one", () => {
  expect(step("2026-01-31", "month", 1)).toBe("2026-02-01");
  expect(step("2026-01-05", "list", -1)).toBe("2025-12-01");
  expect(step("2026-02-27", "week", 1)).toBe("2026-03-06");
  expect(step("2026-03-01", "day", -1)).toBe("2026-02-28");
});

test("what is asked for covers all the days that a view draws", () => {
  const { dueFrom, dueBefore } = stretch("2026-11-26", "month");

  expect(dueFrom < "2026-10-26T00:00:00Z").toBe(true);
  expect(dueBefore > "2026-12-07T00:00:00Z").toBe(true);
  expect(stretch("2026-11-26", "week").dueBefore > "2026-12-03T00:00:00Z").toBe(true);
});

test("today is the day of the site, not of the browser", () => {
  const lateInLondon = Date.parse("2026-03-04T20:00:00Z");

  expect(today("Asia/Shanghai", lateInLondon)).toBe("2026-03-05");
  expect(today("Europe/London", lateInLondon)).toBe("2026-03-04");
});
