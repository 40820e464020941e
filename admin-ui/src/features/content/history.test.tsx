import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer, refuse } from "@/testing/server";

function revision(number: number, title: string) {
  const nothing = { kind: "ARTICLE", lead: "", cover: null, gallery: [], byline: null, category: null, tags: [], products: [] };
  const body = { type: "doc", content: [] };
  const content = { ...nothing, title, body, videoIds: [], corePhrase: null, locale: "zh-Hans", custom: {} };
  return { id: `r${String(number)}`, number, createdBy: "u1", createdAt: "2026-03-03T08:00:00Z", content };
}

const STORY = { id: "s1", title: "春茶来了", state: "CHANGED", version: 7, revisionId: "r3", publishedRevisionId: "r2" };

beforeEach(() => {
  answer("MemberNames", { members: [] });
  answer("StoryHistory", { story: STORY, storyRevisions: [revision(3, "明天采茶"), revision(2, "今天采茶"), revision(1, "采茶")] });
});

test("the latest state is compared with the one before it, word by word", async () => {
  renderApp("/stories/s1/history");

  const list = await screen.findByRole("navigation", { name: "版本" });
  expect(within(list).getAllByRole("link")[0]).toHaveTextContent(/版本 3最新王编辑/);
  expect(within(list).getAllByRole("link")[1]).toHaveTextContent(/版本 2读者看到的/);
  expect(await screen.findByText("今天")).toHaveProperty("tagName", "DEL");
  expect(screen.getByText("明天")).toHaveProperty("tagName", "INS");
});

test("any two can be compared; the older one is what was", async () => {
  renderApp("/stories/s1/history?revision=r1&with=r3");

  expect(await screen.findByText("明天")).toHaveProperty("tagName", "INS");
});

test("an old state becomes the latest once it was asked for twice", async () => {
  const calls = answer("RestoreStoryRevision", { restoreStoryRevision: { story: { id: "s1" } } });
  const { user, router } = renderApp("/stories/s1/history?revision=r2");
  refuse("Story", "NOT_FOUND", "no such story");
  answer("Channels", { channels: [] });

  await user.click(await screen.findByRole("button", { name: "恢复到版本 2" }));
  expect(calls).toEqual([]);
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "恢复到版本 2" }));

  await waitFor(() => {
    expect(router.state.location.pathname).toBe("/stories/s1");
  });
  expect(calls).toEqual([{ input: { revisionId: "r2", baseVersion: 7 } }]);
});

test("what somebody saved in between is not written over", async () => {
  refuse("RestoreStoryRevision", "CONFLICT", "somebody else saved version 8 in between; choose what stays");
  const { user } = renderApp("/stories/s1/history?revision=r2");

  await user.click(await screen.findByRole("button", { name: "恢复到版本 2" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "恢复到版本 2" }));

  expect(await screen.findByText("别人刚刚也改了，请重新载入再试。")).toBeVisible();
});

test("who may not see it is told whom to ask", async () => {
  refuse("StoryHistory", "FORBIDDEN", "needs ReadContent");
  renderApp("/stories/s1/history");

  expect(await screen.findByText("你没有权限查看这一页")).toBeVisible();
});

function videoRevision(number: number, caption: string, tags: string[] = []) {
  const content = { title: "采茶", caption, file: { id: "f1", name: "tea.mp4" }, poster: null, category: null, products: [] };
  const named = tags.map((name) => ({ id: name, name }));
  return { id: `r${String(number)}`, number, createdBy: "u1", createdAt: "2026-03-03T08:00:00Z", content: { ...content, tags: named } };
}

const VIDEO = { id: "v1", title: "采茶", state: "PUBLISHED", version: 4, revisionId: "r2", publishedRevisionId: "r2" };

test("a video's states are compared as a story's are", async () => {
  answer("VideoHistory", { video: VIDEO, videoRevisions: [videoRevision(2, "明天采茶", ["春茶"]), videoRevision(1, "今天采茶")] });
  renderApp("/videos/v1/history");

  expect(await screen.findByText("今天")).toHaveProperty("tagName", "DEL");
  expect(screen.getByText("春茶")).toHaveProperty("tagName", "INS");
  expect(screen.getByRole("heading", { name: "文案" })).toBeVisible();
  expect(screen.queryByRole("heading", { name: "标题" })).not.toBeInTheDocument();
});

test("an old state of a video becomes the latest once it was asked for twice", async () => {
  answer("VideoHistory", { video: VIDEO, videoRevisions: [videoRevision(2, "明天采茶"), videoRevision(1, "今天采茶")] });
  const calls = answer("RestoreVideoRevision", { restoreVideoRevision: { video: { id: "v1" } } });
  const { user, router } = renderApp("/videos/v1/history?revision=r1");
  refuse("Video", "NOT_FOUND", "no such video");

  await user.click(await screen.findByRole("button", { name: "恢复到版本 1" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "恢复到版本 1" }));

  await waitFor(() => {
    expect(router.state.location.pathname).toBe("/videos/v1");
  });
  expect(calls).toEqual([{ input: { revisionId: "r1", baseVersion: 4 } }]);
});
