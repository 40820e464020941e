import { expect, test } from "vitest";

import type { FieldState } from "./revision";
import { changes, wordDiff } from "./revision-diff";
import { FIELDS, type StoryDraft, fieldText } from "./story-draft";

const paragraph = (text: string) => ({ type: "doc", content: [{ type: "paragraph", content: [{ type: "text", text }] }] });

function state(part: Partial<StoryDraft>): FieldState[] {
  const nothing = { title: "春茶上新", lead: "", body: paragraph("清明前采的芽头。"), cover: null, category: null, tags: [], products: [] };
  const draft: StoryDraft = { ...nothing, byline: "", corePhrase: "", ...part };
  return FIELDS.map((field) => ({ label: `story.${field}`, text: fieldText(draft, field), value: draft[field] }));
}

test("Chinese is compared by words, not by lines", () => {
  expect(wordDiff("今天采茶", "明天采茶")).toEqual([
    { text: "今天", kind: "removed" },
    { text: "明天", kind: "added" },
    { text: "采茶", kind: "same" },
  ]);
});

test("only fields that changed are listed, in the order of the form", () => {
  const found = changes(state({}), state({ body: paragraph("清明前采的嫩芽。"), title: "春茶来了" }));

  expect(found.map(({ label }) => label)).toEqual(["story.title", "story.body"]);
});

test("a picture that is new changes no word, and is a change all the same", () => {
  const body = { type: "doc", content: [...paragraph("清明前采的芽头。").content, { type: "image", attrs: { asset: "a1" } }] };

  const found = changes(state({}), state({ body }));

  expect(found.map(({ label }) => label)).toEqual(["story.body"]);
});
