import { expect, test } from "vitest";

import zhHans from "@/locales/zh-Hans.json";

import { DELIVERY_STATES, type DeliveryState } from "./delivery-state";
import { type Told, sentence } from "./sentence";

function told(state: DeliveryState, part: Partial<Told> = {}): Told {
  return {
    state,
    sentence: state.toLowerCase(),
    params: {},
    dueAt: "2026-03-04T00:00:00Z",
    nextRunAt: "2026-03-04T00:05:00Z",
    giveUpAt: "2026-03-04T06:00:00Z",
    publishedAt: null,
    updatedAt: "2026-03-04T00:01:00Z",
    attemptCount: 2,
    steps: [{ name: "create_video", state: "PENDING" }],
    ...part,
  };
}

test("every state has a word", () => {
  for (const state of DELIVERY_STATES) {
    expect(zhHans.state, state).toHaveProperty(state.toLowerCase());
  }
});

test("the server chooses the sentence, and when it goes on is part of it", () => {
  const held = told("HELD", { sentence: "held_quota", params: { at: "2026-03-04T16:00:00Z" } });

  expect(sentence(held)).toMatchObject({ key: "sentence.held_quota", at: "2026-03-04T16:00:00Z" });
});

test("which step is under way is told by its place", () => {
  const steps = [
    { name: "upload_video", state: "DONE" },
    { name: "create_video", state: "ARMED" },
  ];

  expect(sentence(told("WORKING", { steps })).step).toEqual({ name: "create_video", number: 2, of: 2 });
});
