import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer, refuse } from "@/testing/server";

const SOON = "2099-03-04T00:00:00Z";

const LANE = { id: "mass", takes: ["STORY"], showsResult: true, canUpdate: false, name: { zh: "群发", en: "Mass" }, quotas: [], previews: [] };
const ACCOUNT = { id: "a1", name: "茶山", status: "ACTIVE", isGrantEnding: false, grantExpiresAt: null, channel: { id: "tea" } };

function delivery(id: string, part: object) {
  const times = { dueAt: SOON, nextRunAt: SOON, giveUpAt: SOON, publishedAt: null, updatedAt: SOON };
  return { id, title: "春茶上新", sourceId: "s1", sourceKind: "STORY", channel: "tea", lane: "mass", params: {}, attemptCount: 0, externalUrl: null, steps: [], actions: [], ...times, ...part };
}

interface Day {
  held?: object[];
  next?: object[];
  accounts?: object[];
  quota?: object;
}

function prepare({ held = [], next = [], accounts = [ACCOUNT], quota = { allowed: 10, taken: 2, planned: 0 } }: Day) {
  answer("Home", { waiting: { nodes: [] }, held: { nodes: held }, next: { nodes: next }, recent: { nodes: [] }, accounts });
  answer("AccountOutlook", { accountOutlook: [{ lane: "mass", quotas: [{ name: "mass_daily", isExceeded: false, resetsAt: SOON, ...quota }] }] });
}

/** The lines below "waiting for you", once they are there. */
async function waiting() {
  renderApp("/");
  const heading = await screen.findByRole("heading", { name: "等你处理" });
  return within(heading.parentElement as HTMLElement);
}

beforeEach(() => {
  answer("Channels", { channels: [{ id: "tea", inspects: false, name: { zh: "茶网", en: "Tea" }, lanes: [LANE], fields: [], pictures: [] }] });
  answer("Week", { deliveryDays: [] });
});

test("what waits for an approval waits for a person, and is one click from it", async () => {
  const held = delivery("d1", { state: "HELD", sentence: "held_approval", actions: ["APPROVE"] });
  prepare({ held: [held], next: [held] });

  const part = await waiting();
  expect(part.getByText("还没有审批，没有发布；审批后到时间就发到茶网。")).toBeVisible();
  expect(part.getByRole("link", { name: "去审批" })).toHaveAttribute("href", "/admin/deliveries/d1");
  expect(screen.getAllByRole("link", { name: "春茶上新" })).toHaveLength(1);
});

test("what is on hold and goes on by itself asks nobody", async () => {
  prepare({ held: [delivery("d1", { state: "HELD", sentence: "held_quota", actions: ["CANCEL"] })] });

  const part = await waiting();
  expect(part.getByText("没有需要你处理的事。")).toBeVisible();
});

test("an allowance that is nearly used or planned up is told with its figures", async () => {
  prepare({ quota: { allowed: 10, taken: 6, planned: 2 } });

  const part = await waiting();
  expect(await part.findByText(/茶网 · 群发 · 每天：用了 6 \/ 10，还排了 2；/)).toBeVisible();
  expect(part.getByText("额度将满")).toBeVisible();
  expect(part.getByRole("link", { name: "去处理" })).toHaveAttribute("href", "/admin/channels/a1");
  expect(await screen.findByText(/有 1 件事等你/)).toBeVisible();
});

test("an allowance of which much is left is no news", async () => {
  prepare({ quota: { allowed: 10, taken: 6, planned: 1 } });

  const part = await waiting();
  await waitFor(() => {
    expect(part.getByText("没有需要你处理的事。")).toBeVisible();
  });
});

test("an account whose login ends soon is told while it still works", async () => {
  prepare({ accounts: [{ ...ACCOUNT, isGrantEnding: true, grantExpiresAt: SOON }] });

  const part = await waiting();
  expect(part.getByText(/授权 3月4日.*到期，到时什么都发不出去；请在此之前重新登录。/)).toBeVisible();
});

test("what an account has left may fail without taking the day with it", async () => {
  prepare({});
  refuse("AccountOutlook", "INTERNAL", "something failed on our side; try again later");

  const part = await waiting();
  expect(part.getByText("没有需要你处理的事。")).toBeVisible();
  expect(await screen.findByText("我们这边出了故障，请稍后再试。")).toBeVisible();
});

test("what goes to several channels in the same minute is one line, and says what keeps a part of it", async () => {
  const planned = { state: "SCHEDULED", sentence: "scheduled" };
  const later = delivery("d3", { ...planned, sourceId: "s2", title: "谷雨采茶", dueAt: "2099-03-04T02:00:00Z" });
  prepare({ next: [later, delivery("d2", { state: "HELD", sentence: "held_paused" }), delivery("d1", { ...planned, channel: "sea" })] });
  renderApp("/");

  const heading = await screen.findByRole("heading", { name: /^接下来 24 小时/ });
  const lines = within(heading.parentElement as HTMLElement).getAllByRole("listitem");
  expect(lines).toHaveLength(2);
  const first = within(lines[0] as HTMLElement);
  expect(first.getByRole("link", { name: "春茶上新" })).toHaveAttribute("href", "/admin/stories/s1");
  expect(first.getByRole("link", { name: /茶网/ })).toHaveAttribute("href", "/admin/deliveries/d2");
  expect(first.getByText("茶网已暂停，恢复后再发；还没有发布。")).toBeVisible();
});
