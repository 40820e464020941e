import { expect, it } from "vitest";

import { type LanePreview, previewsOf } from "./preview";

type Options = Parameters<typeof previewsOf>;

const preview = (layout: string, text: string | null) => ({ name: { zh: layout, en: layout }, layout, text, title: "title", pictures: [] }) as unknown as LanePreview;
const page = preview("ARTICLE", "content");
const card = preview("FEED_CARD", null);
const channel = {
  lanes: [
    { takes: ["STORY", "VIDEO"], previews: [page, card] },
    { takes: ["STORY"], previews: [card] },
  ],
} as unknown as Options[0];
const variant = (...names: string[]) => ({ fields: names.map((name) => ({ name })) }) as unknown as Options[2];

it("shows no page for a text that this kind of content has not", () => {
  expect(previewsOf(channel, "STORY", variant("title", "content"))).toEqual([page, card]);
  expect(previewsOf(channel, "VIDEO", variant("title"))).toEqual([card]);
});
