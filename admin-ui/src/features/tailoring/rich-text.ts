/** A text with form, as what it says: nothing of its source reaches the page but words and a few looks. */
export interface RichNode {
  /** A word of the page's own language of elements; everything else becomes its children. */
  tag: RichTag;
  style: Record<string, string>;
  /** Where a picture is to be found, and what it shows. */
  src?: string;
  alt?: string;
  children: (RichNode | string)[];
}

const TAGS = ["p", "h2", "h3", "h4", "section", "blockquote", "ul", "ol", "li", "pre", "hr", "br", "img", "strong", "em", "s", "span"] as const;
export type RichTag = (typeof TAGS)[number];

/** Elements that mean the same as one of ours. */
const ALIKE: Partial<Record<string, RichTag>> = { b: "strong", i: "em", del: "s", strike: "s", div: "section", h1: "h2", h5: "h4", h6: "h4", a: "span" };
/** Elements whose content is nothing to read. */
const UNREAD = new Set(["script", "style", "template", "iframe", "object", "svg"]);
const LOOKS: Record<string, string> = {
  "font-size": "fontSize",
  "font-weight": "fontWeight",
  "text-align": "textAlign",
  "line-height": "lineHeight",
  "padding-left": "paddingLeft",
  "border-left": "borderLeft",
  "margin-bottom": "marginBottom",
  margin: "margin",
  padding: "padding",
  color: "color",
  background: "background",
};

/** Reads HTML. Nothing of it runs or is loaded; the pages' policy would complain of looks, so they are put aside first. */
export function readRichText(html: string): (RichNode | string)[] {
  const quiet = html.replace(/<[^>]*>/g, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
  return children(new DOMParser().parseFromString(quiet, "text/html").body);
}

/** The words alone, a line for each block. */
export function plainOf(nodes: (RichNode | string)[]): string {
  return nodes
    .map((node) => {
      if (typeof node === "string") return node;
      const inner = plainOf(node.children);
      return ["p", "h2", "h3", "h4", "li", "pre", "br"].includes(node.tag) ? `${inner}\n` : inner;
    })
    .join("");
}

function children(element: Element): (RichNode | string)[] {
  return [...element.childNodes].flatMap((node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent === null || node.textContent === "" ? [] : [node.textContent];
    return node instanceof Element ? read(node) : [];
  });
}

function read(element: Element): (RichNode | string)[] {
  const name = element.localName;
  if (UNREAD.has(name)) return [];
  const tag = ALIKE[name] ?? TAGS.find((known) => known === name);
  if (tag === undefined) return children(element);
  const node: RichNode = { tag, style: looks(element.getAttribute("data-style") ?? ""), children: children(element) };
  if (tag !== "img") return [node];
  return [{ ...node, src: element.getAttribute("src") ?? "", alt: element.getAttribute("alt") ?? "" }];
}

function looks(style: string): Record<string, string> {
  const pairs = style.split(";").flatMap((rule) => {
    const [name = "", value = ""] = rule.split(":").map((part) => part.trim());
    const known = LOOKS[name.toLowerCase()];
    return known === undefined || value === "" || /[(\\]/.test(value) ? [] : [[known, value] as const];
  });
  return Object.fromEntries(pairs);
}
