import type { VariablesOf } from "@/lib/graphql";
import { listed } from "@/lib/text";

import { canonical } from "./canonical";
import type { StoryContent, UpdateStory } from "./story-query";

/** A story as it is being typed. */
export type StoryDraft = Pick<StoryContent, "title" | "lead" | "body" | "cover" | "category" | "tags" | "products"> & {
  byline: string;
  corePhrase: string;
};

export type StoryInput = VariablesOf<typeof UpdateStory>["input"]["content"];

/** What two people can change at the same time, in the order of the form. */
export const FIELDS = ["title", "lead", "body", "cover", "category", "tags", "products", "byline", "corePhrase"] as const;
export type Field = (typeof FIELDS)[number];

export function draftOf(content: StoryContent): StoryDraft {
  const { title, lead, body, cover, category, tags, products } = content;
  return { title, lead, body, cover, category, tags, products, byline: content.byline ?? "", corePhrase: content.corePhrase ?? "" };
}

/** The whole content that is written; what the form does not show stays as it was. */
export function inputOf(draft: StoryDraft, before: StoryContent): StoryInput {
  return {
    kind: before.kind,
    title: draft.title.trim(),
    lead: draft.lead.trim(),
    body: draft.body,
    coverId: draft.cover?.id ?? null,
    galleryIds: before.gallery.map((asset) => asset.id),
    byline: draft.byline.trim() === "" ? null : draft.byline.trim(),
    categoryId: draft.category?.id ?? null,
    tagIds: draft.tags.map((tag) => tag.id),
    productIds: draft.products.map((product) => product.id),
    videoIds: before.videoIds,
    corePhrase: draft.corePhrase.trim() === "" ? null : draft.corePhrase.trim(),
    locale: before.locale,
    custom: before.custom,
  };
}

/** The fields in which two drafts differ. */
export function differences(a: StoryDraft, b: StoryDraft): Field[] {
  return FIELDS.filter((field) => canonical(a[field]) !== canonical(b[field]));
}

/** Takes some fields from one draft and the others from another. */
export function merge(theirs: StoryDraft, mine: StoryDraft, fromMine: Field[]): StoryDraft {
  return { ...theirs, ...Object.fromEntries(fromMine.map((field) => [field, mine[field]])) };
}

/** A field as a person reads it. */
export function fieldText(draft: StoryDraft, field: Field): string {
  switch (field) {
    case "body":
      return plainText(draft.body);
    case "cover":
      return draft.cover?.name ?? "";
    case "category":
      return draft.category?.name ?? "";
    case "tags":
    case "products":
      return listed(draft[field].map((one) => one.name));
    default:
      return draft[field];
  }
}

interface Node {
  type?: string;
  text?: string;
  content?: Node[];
}

/** The text of a body, one line for each block. */
export function plainText(body: unknown): string {
  const read = (node: Node): string => {
    if (node.text !== undefined) return node.text;
    const inner = (node.content ?? []).map(read);
    return inner.join(node.type === "paragraph" || node.type === "heading" ? "" : "\n");
  };
  return read((body ?? {}) as Node);
}
