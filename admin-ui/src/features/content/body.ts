import type { JSONContent } from "@tiptap/core";

type Attributes = Record<string, unknown>;

/** Only what the server's tree knows: the editor's own additions go. */
export function cleanBody(node: JSONContent): JSONContent {
  const { type, attrs, content, marks, text } = node;
  const kept = cleanAttributes(type, attrs ?? {});
  return {
    ...(type !== undefined && { type }),
    ...(Object.keys(kept).length > 0 && { attrs: kept }),
    ...(content !== undefined && { content: content.map(cleanBody) }),
    ...(marks !== undefined && marks.length > 0 && { marks: marks.map(cleanMark) }),
    ...(text !== undefined && { text }),
  };
}

function cleanMark(mark: { type: string; attrs?: Attributes }): { type: string; attrs?: Attributes } {
  return mark.type === "link" ? { type: "link", attrs: { href: mark.attrs?.["href"] } } : { type: mark.type };
}

const KNOWN: Record<string, string[]> = {
  heading: ["level"],
  orderedList: ["start"],
  codeBlock: ["language"],
  image: ["asset", "alt", "caption"],
  video: ["video"],
  productCard: ["product"],
};

function cleanAttributes(type: string | undefined, attributes: Attributes): Attributes {
  const known = KNOWN[type ?? ""] ?? [];
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => known.includes(name)));
}
