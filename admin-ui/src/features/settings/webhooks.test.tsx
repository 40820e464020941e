import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer } from "@/testing/server";

const WEBHOOK = {
  id: "w1",
  name: "数据组",
  url: "https://data.example.com/hook",
  topics: ["story.published"],
  version: 2,
  pausedAt: null,
  pauseReason: null,
  failingSince: null,
  lastSuccessAt: null,
};

const MESSAGE = { id: "m1", topic: "story.published", state: "FAILED", attemptCount: 3, createdAt: "2026-03-03T08:00:00Z", attempts: [{ httpStatus: 500, error: null }] };

beforeEach(() => {
  answer("Webhooks", { webhookTopics: ["story.published"], webhooks: [WEBHOOK] });
  answer("WebhookMessages", { webhookMessages: { nodes: [MESSAGE] } });
});

test("a message that did not arrive is told again", async () => {
  const calls = answer("ReplayWebhookMessage", { replayWebhookMessage: { __typename: "ok" } });
  const { user } = renderApp("/settings/webhooks");

  const card = within(await screen.findByRole("region", { name: "数据组" }));
  await user.click(await card.findByRole("button", { name: "重发" }));

  await expect.poll(() => calls).toEqual([{ input: { id: "m1" } }]);
});

test("a listener that is paused is told nothing until it goes on", async () => {
  answer("Webhooks", { webhookTopics: [], webhooks: [{ ...WEBHOOK, pausedAt: "2026-03-03T08:00:00Z" }] });
  const calls = answer("ResumeWebhook", { resumeWebhook: { __typename: "ok" } });
  const { user } = renderApp("/settings/webhooks");

  await user.click(await screen.findByRole("button", { name: "恢复" }));

  await expect.poll(() => calls).toEqual([{ input: { id: "w1" } }]);
});
