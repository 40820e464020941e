import { expect, test } from "vitest";

import zhHans from "@/locales/zh-Hans.json";

import { DELIVERY_STATES, type DeliveryState } from "./delivery-state";
import { type Told, sentence } from "./sentence";

function told(state: DeliveryState, part: Partial<Told> = {}): Told {
  return {
    state,
    reason: null,
    params: {},
    dueAt: "2026-03-04T00:00:00Z",
    nextRunAt: "2026-03-04T00:05:00Z",
    giveUpAt: "2026-03-04T06:00:00Z",
    publishedAt: null,
    updatedAt: "2026-03-04T00:01:00Z",
    attemptCount: 2,
    isAssumed: false,
    steps: [{ name: "create_video", state: "PENDING" }],
    ...part,
  };
}

test("every state has a word and a sentence", () => {
  for (const state of DELIVERY_STATES) {
    const { key } = sentence(told(state), true);
    expect(zhHans.sentence, state).toHaveProperty(key.replace("sentence.", ""));
    expect(zhHans.state, state).toHaveProperty(state.toLowerCase());
  }
});

test("what a channel does not show is called accepted, not published", () => {
  expect(sentence(told("PUBLISHED"), false).key).toBe("sentence.accepted");
  expect(sentence(told("PUBLISHED", { isAssumed: true }), true).key).toBe("sentence.accepted");
  expect(sentence(told("PUBLISHED"), true).key).toBe("sentence.published");
});

test("a cancelled one that was sent is not called unpublished", () => {
  const steps = [{ name: "create_video", state: "UNKNOWN" }];

  expect(sentence(told("CANCELLED", { steps }), true).key).toBe("sentence.ended");
  expect(sentence(told("CANCELLED"), true).key).toBe("sentence.cancelled");
});

test("why one waits is part of the sentence", () => {
  expect(sentence(told("HELD", { reason: "quota", params: { at: "2026-03-04T16:00:00Z" } }), true)).toMatchObject({
    key: "sentence.held_quota",
    at: "2026-03-04T16:00:00Z",
  });
  expect(sentence(told("HELD", { reason: "something new" }), true).key).toBe("sentence.held");
});
