import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer, refuse, signIn } from "@/testing/server";

const CONTENT = {
  kind: "ARTICLE",
  title: "春茶来了",
  lead: "今天采茶，明天炒茶。",
  body: { type: "doc", content: [] },
  cover: null,
  gallery: [],
  byline: null,
  category: null,
  tags: [],
  products: [],
  videoIds: [],
  corePhrase: null,
  locale: "zh-Hans",
  custom: {},
};
const STORY = { id: "s1", slug: "chun-cha", state: "DRAFT", version: 1, title: "春茶来了", updatedAt: "2026-03-03T08:00:00Z", publishedAt: null, content: CONTENT };

function openStory(body: object = CONTENT.body) {
  signIn(["READ_CONTENT"]);
  answer("Channels", { channels: [] });
  answer("AttendStory", { attendStory: { others: [] } });
  answer("LeaveStory", { leaveStory: { story: { id: "s1" } } });
  const calls = answer("Story", { story: { ...STORY, content: { ...CONTENT, body } } });
  renderApp("/stories/s1");
  return calls;
}

test("who may only look sees the story, and is not asked what was being typed", async () => {
  const calls = openStory();

  expect(await screen.findByRole("heading", { name: "春茶来了", level: 1 })).toBeVisible();
  expect(screen.getByRole("textbox", { name: /导语/ })).toHaveAttribute("readonly");
  expect(screen.queryByRole("button", { name: "保存" })).not.toBeInTheDocument();
  expect(calls).toEqual([{ id: "s1", mayWrite: false }]);
});

const PICTURE = { type: "doc", content: [{ type: "image", attrs: { asset: "a1", alt: "茶园", caption: "" } }] };

test("a picture that cannot be read says so in the text", async () => {
  refuse("Asset", "FORBIDDEN", "needs ReadContent");
  openStory(PICTURE);

  expect(await screen.findByText("needs ReadContent")).toBeVisible();
  expect(screen.queryByRole("img", { name: "茶园" })).not.toBeInTheDocument();
});
