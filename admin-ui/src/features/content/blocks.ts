import type { Editor, Range } from "@tiptap/core";
import {
  Clapperboard,
  Code,
  FileInput,
  Heading2,
  Heading3,
  ImagePlus,
  List,
  ListOrdered,
  type LucideIcon,
  Minus,
  Quote,
  ShoppingBag,
} from "lucide-react";

/** What only a person can choose before it stands in the text. */
export type Choice = "picture" | "product" | "video" | "file";

/** Something that can be put where the cursor is. */
export interface Block {
  key: string;
  icon: LucideIcon;
  /** How else one may call it: initials of the Chinese name, and Markdown's sign. */
  words: string[];
  run?: (editor: Editor, range: Range) => void;
  choice?: Choice;
}

const at = (editor: Editor, range: Range) => editor.chain().focus().deleteRange(range);

export const BLOCKS: Block[] = [
  { key: "h2", icon: Heading2, words: ["dbt", "##"], run: (e, r) => at(e, r).setHeading({ level: 2 }).run() },
  { key: "h3", icon: Heading3, words: ["xbt", "###"], run: (e, r) => at(e, r).setHeading({ level: 3 }).run() },
  { key: "picture", icon: ImagePlus, words: ["tp"], choice: "picture" },
  { key: "product", icon: ShoppingBag, words: ["sp", "spkp"], choice: "product" },
  { key: "video", icon: Clapperboard, words: ["sp", "spkp"], choice: "video" },
  { key: "bullets", icon: List, words: ["lb", "-"], run: (e, r) => at(e, r).toggleBulletList().run() },
  { key: "numbers", icon: ListOrdered, words: ["bhlb", "1."], run: (e, r) => at(e, r).toggleOrderedList().run() },
  { key: "quote", icon: Quote, words: ["yy", ">"], run: (e, r) => at(e, r).setBlockquote().run() },
  { key: "rule", icon: Minus, words: ["fgx", "---"], run: (e, r) => at(e, r).setHorizontalRule().run() },
  { key: "code", icon: Code, words: ["dm", "```"], run: (e, r) => at(e, r).setCodeBlock().run() },
  { key: "import", icon: FileInput, words: ["dr", "md"], choice: "file" },
];

/** The blocks that a person may mean; `nameOf` tells what they are called in the language of the page. */
export function blocksFor(query: string, nameOf: (key: string) => string): Block[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return BLOCKS;
  return BLOCKS.filter(({ key, words }) => nameOf(key).toLowerCase().includes(wanted) || words.some((word) => word.startsWith(wanted)) || key.startsWith(wanted));
}
