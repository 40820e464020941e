import { expect, test } from "vitest";

import { changes, wordDiff } from "./revision-diff";
import type { StoryDraft } from "./story-draft";

const paragraph = (text: string) => ({ type: "doc", content: [{ type: "paragraph", content: [{ type: "text", text }] }] });

function draft(part: Partial<StoryDraft>): StoryDraft {
  const nothing = { title: "春茶上新", lead: "", body: paragraph("清明前采的芽头。"), cover: null, category: null, tags: [], products: [] };
  return { ...nothing, byline: "", corePhrase: "", ...part };
}

test("Chinese is compared by words, not by lines", () => {
  expect(wordDiff("今天采茶", "明天采茶")).toEqual([
    { text: "今天", kind: "removed" },
    { text: "明天", kind: "added" },
    { text: "采茶", kind: "same" },
  ]);
});

test("only fields that changed are listed, in the order of the form", () => {
  const found = changes(draft({}), draft({ body: paragraph("清明前采的嫩芽。"), title: "春茶来了" }));

  expect(found.map(({ field }) => field)).toEqual(["title", "body"]);
});

test("a picture that is new changes no word, and is a change all the same", () => {
  const body = { type: "doc", content: [...paragraph("清明前采的芽头。").content, { type: "image", attrs: { asset: "a1" } }] };

  const found = changes(draft({}), draft({ body }));

  expect(found.map(({ field }) => field)).toEqual(["body"]);
});
