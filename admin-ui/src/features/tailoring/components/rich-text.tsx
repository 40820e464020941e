import { type ReactNode, createElement, useMemo } from "react";

import { type RichNode, readRichText } from "../rich-text";

interface RichTextProps {
  html: string;
  /** The address of a picture that the text names by its place. */
  pictureOf: (place: string) => string | undefined;
}

/** A text with form as its readers see it. */
export function RichText({ html, pictureOf }: RichTextProps) {
  const nodes = useMemo(() => readRichText(html), [html]);
  return <div className="rich">{nodes.map((node, index) => draw(node, index, pictureOf))}</div>;
}

function draw(node: RichNode | string, key: number, pictureOf: RichTextProps["pictureOf"]): ReactNode {
  if (typeof node === "string") return node;
  const { tag, style, children } = node;
  if (tag === "img") {
    const address = pictureOf(node.src ?? "");
    return address === undefined ? null : <img key={key} src={address} alt={node.alt ?? ""} />;
  }
  // Titles of the page stay titles of the page; those of the text only look like some.
  const [element, className] = /^h\d$/.test(tag) ? (["p", `rich-${tag}`] as const) : ([tag, undefined] as const);
  if (tag === "br" || tag === "hr") return createElement(element, { key });
  return createElement(element, { key, style, className }, ...children.map((child, index) => draw(child, index, pictureOf)));
}
