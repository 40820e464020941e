import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer, refuse } from "@/testing/server";

const NONE = { stories: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } };

function story(id: string, title: string, state: string) {
  return { id, title, state, updatedAt: "2026-03-03T08:00:00Z", content: { cover: null, category: { name: "水产" } } };
}

test("stories are shown with their state in words", async () => {
  const nodes = [story("s1", "清蒸鲈鱼", "PUBLISHED"), story("s2", "红烧鲈鱼", "CHANGED")];
  answer("Stories", { stories: { nodes, pageInfo: { hasNextPage: false, endCursor: null } } });
  renderApp("/stories");

  expect(await screen.findByRole("link", { name: "清蒸鲈鱼" })).toBeVisible();
  expect(screen.getByRole("row", { name: /红烧鲈鱼.*发布后有改动/ })).toBeVisible();
});

test("an empty list says so and offers the first step", async () => {
  answer("Stories", NONE);
  renderApp("/stories");

  expect(await screen.findByText("还没有故事。")).toBeVisible();
  expect(screen.getAllByRole("link", { name: "新故事" }).length).toBeGreaterThan(0);
});

test("a filter that matches nothing can be taken back", async () => {
  const calls = answer("Stories", NONE);
  const { user, router } = renderApp("/stories?q=火锅&state=DRAFT");

  await user.click(await screen.findByRole("link", { name: "清除筛选" }));

  expect(calls[0]).toMatchObject({ q: "火锅", state: "DRAFT" });
  await waitFor(() => {
    expect(router.state.location.search).toEqual({});
  });
});

test("what failed is said in place and can be tried again", async () => {
  refuse("Stories", "INTERNAL", "something went wrong");
  const { user } = renderApp("/stories");

  const alert = await screen.findByRole("alert", undefined, { timeout: 5_000 });
  expect(alert).toHaveTextContent("没有完成");
  answer("Stories", NONE);
  await user.click(screen.getByRole("button", { name: "重试" }));

  expect(await screen.findByText("还没有故事。")).toBeVisible();
});

test("who may not see stories is told whom to ask", async () => {
  refuse("Stories", "FORBIDDEN", "needs ReadContent");
  renderApp("/stories");

  expect(await screen.findByText("你没有权限查看这一页")).toBeVisible();
});

test("stories of a category and a tag are asked for, and both stand in the address", async () => {
  const calls = answer("Stories", NONE);
  const { user, router } = renderApp("/stories?category=c1");

  await user.click(await screen.findByRole("combobox", { name: "标签" }));
  await user.click(await screen.findByRole("option", { name: "春天" }));

  await waitFor(() => {
    expect(router.state.location.search).toEqual({ category: "c1", tag: "t1" });
  });
  await waitFor(() => {
    expect(calls.at(-1)).toMatchObject({ category: "c1", tag: "t1" });
  });
});

test("J, K, X and Enter walk the rows, choose one and open it", async () => {
  const nodes = [story("s1", "清蒸鲈鱼", "PUBLISHED"), story("s2", "红烧鲈鱼", "CHANGED")];
  answer("Stories", { stories: { nodes, pageInfo: { hasNextPage: false, endCursor: null } } });
  const { user, router } = renderApp("/stories");
  const second = await screen.findByRole("link", { name: "红烧鲈鱼" });

  await user.keyboard("jjk");
  expect(screen.getByRole("link", { name: "清蒸鲈鱼" })).toHaveFocus();
  await user.keyboard("jx");
  expect(second).toHaveFocus();
  expect(screen.getByRole("checkbox", { name: "选择「红烧鲈鱼」" })).toBeChecked();
  await user.keyboard("{Enter}");

  await waitFor(() => {
    expect(router.state.location.pathname).toBe("/stories/s2");
  });
});
