import type { Channel } from "@/lib/channels";
import { shown } from "@/lib/text";
import type { Variant } from "@/lib/variant";

export type LanePreview = Channel["lanes"][number]["previews"][number];

/** What stands in a layout: the words and pictures as they would be sent, those being typed included. */
export interface Seen {
  title: string;
  byline: string;
  /** Plain words, or HTML where `isRich`. */
  text: string;
  isRich: boolean;
  tags: string[];
  link: string;
  pictures: { url: string; alt: string }[];
  /** The address of a picture that a text names by its place, such as `spec/0`. */
  pictureOf: (place: string) => string | undefined;
}

/**
 * The ways in which readers meet what these lanes send; one that several lanes share stands there once. A lane that takes both
 * kinds of content may show a text that only one of them has.
 */
export function previewsOf(channel: Channel, kind: "STORY" | "VIDEO", variant: Pick<Variant, "fields">): LanePreview[] {
  const hasText = ({ text }: LanePreview) => text === null || variant.fields.some(({ name }) => name === text);
  const all = channel.lanes.filter((lane) => lane.takes.includes(kind)).flatMap((lane) => lane.previews);
  const keyed = new Map(all.filter(hasText).map((preview) => [JSON.stringify(preview), preview]));
  return [...keyed.values()];
}

export function seenIn(preview: LanePreview, channel: Channel, variant: Variant, typed: Record<string, string>): Seen {
  const of = (field: string | null) => {
    if (field === null) return "";
    return typed[field] ?? shown(variant.fields.find((one) => one.name === field)?.value);
  };
  const spec = preview.pictures.find((name) => variant.pictures.some((one) => one.spec === name && one.url !== null));
  const pictures = variant.pictures.filter((one) => one.spec === spec);
  return {
    title: of(preview.title),
    byline: of(preview.byline),
    text: of(preview.text),
    isRich: channel.fields.some((field) => field.name === preview.text && field.kind === "RICH_TEXT"),
    tags: of(preview.tags)
      .split("\n")
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ""),
    link: of(preview.link),
    pictures: pictures.flatMap(({ url, asset }) => (url === null ? [] : [{ url, alt: asset?.alt ?? "" }])),
    pictureOf: pictureFinder(variant),
  };
}

/** Finds pictures of a variant by their place among those of one specification. */
export function pictureFinder(variant: Variant): (place: string) => string | undefined {
  return (place) => {
    const [, spec, index] = /^(\w+)\/(\d+)$/.exec(place) ?? [];
    return variant.pictures.filter((one) => one.spec === spec)[Number(index)]?.url ?? undefined;
  };
}
