import type { Node } from "@tiptap/pm/model";

/** A heading, and where it stands. */
export interface Entry {
  pos: number;
  level: number;
  text: string;
}

export function headingsOf(doc: Node): Entry[] {
  const entries: Entry[] = [];
  doc.forEach((node, pos) => {
    if (node.type.name === "heading") entries.push({ pos, level: Number(node.attrs["level"]), text: node.textContent });
  });
  return entries;
}

// A node never changes, so a key costs the counting of one paragraph.
const counted = new WeakMap<Node, number>();

/** How long a text is as people count: each Chinese character, and each word or number between. */
export function countWords(node: Node): number {
  const known = counted.get(node);
  if (known !== undefined) return known;
  const count = node.isText ? wordsIn(node.text ?? "") : node.children.reduce((sum, child) => sum + countWords(child), 0);
  counted.set(node, count);
  return count;
}

export function wordsIn(text: string): number {
  return (text.match(/\p{Script=Han}|[\p{L}\p{N}]+(?:[''.-][\p{L}\p{N}]+)*/gu) ?? []).reduce(
    (sum, piece) => sum + Math.max(1, piece.match(/\p{Script=Han}/gu)?.length ?? 0),
    0,
  );
}
