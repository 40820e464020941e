import { screen, within } from "@testing-library/react";
import { HttpResponse, graphql } from "msw";
import { beforeEach, expect, test, vi } from "vitest";

import { renderApp } from "@/testing/render";
import { answer, refuse, server } from "@/testing/server";

vi.mock("../components/trend", () => ({ Trend: ({ label }: { label: string }) => <div role="img" aria-label={label} /> }));

function delivery(id: string, title: string, channel: string) {
  return { id, title, channel, lane: "lane", publishedAt: "2026-03-03T08:00:00Z" };
}

function channel(id: string, zh: string) {
  return { id, name: { zh, en: id }, lanes: [], fields: [], pictures: [] };
}

const METRICS = ["VIEWS", "LIKES", "COMMENTS", "SHARES"];

beforeEach(() => {
  const nodes = [delivery("d1", "春茶上新", "one"), delivery("d2", "清蒸鲈鱼", "two"), delivery("d3", "露营清单", "one")];
  answer("Channels", { channels: [channel("one", "甲渠道"), channel("two", "乙渠道")] });
  answer("StatsDeliveries", { deliveries: { nodes, pageInfo: { hasNextPage: false } } });
  const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  server.use(
    graphql.link("*/admin/graphql").query("StatisticSeries", () => {
      const values: Record<string, (number | null)[]> = { d1: [12345, 0, 3, null], d2: [null, null, null, null] };
      const of = (id: string) => (values[id] ?? []).map((value, index) => ({ day, metric: METRICS[index], value }));
      return HttpResponse.json({ data: { of0: of("d1"), of1: of("d2"), of2: of("d3") } });
    }),
  );
});

test("a number, what is not available, and what nobody asked yet look different", async () => {
  renderApp("/stats");

  const table = await screen.findByRole("table", { name: "每条内容的数字" });
  const textOf = (name: RegExp) => within(table).getByRole("row", { name }).textContent;
  expect(textOf(/春茶上新/)).toMatch(/12,34503—平台不提供$/);
  expect(textOf(/清蒸鲈鱼/)).toMatch(/(—平台不提供){4}$/);
  expect(textOf(/露营清单/)).toMatch(/(还没有统计){4}$/);
});

test("a sum says of how many it is, and silent channels are named", async () => {
  renderApp("/stats");

  expect(await screen.findByText("1.2万")).toBeVisible();
  expect(screen.getAllByText("来自 1 / 3 条")).toHaveLength(3);
  expect(screen.getByText("没有数据")).toBeVisible();
  expect(screen.getByText(/^乙渠道没有数据：.*不等于 0。$/)).toBeVisible();
  expect(screen.getByRole("img", { name: /最近 30 天甲渠道的累计浏览/ })).toBeVisible();
});

test("nothing published, and no right to look, are said", async () => {
  answer("StatsDeliveries", { deliveries: { nodes: [], pageInfo: { hasNextPage: false } } });
  const { router } = renderApp("/stats");
  expect(await screen.findByText("这段时间没有发布过内容。")).toBeVisible();

  refuse("StatsDeliveries", "FORBIDDEN", "needs ReadContent");
  await router.navigate({ to: "/stats", search: { days: 7 } });
  expect(await screen.findByText("你没有权限查看这一页")).toBeVisible();
});
