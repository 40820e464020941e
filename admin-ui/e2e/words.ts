import en from "../src/locales/en.json";
import zhHans from "../src/locales/zh-Hans.json";

import type { Language } from "./browser";

/** The texts of the pages in a language, by key; `part` fills in what varies, and what is left open matches anything. */
export function wordsOf(language: Language) {
  const texts: object = language === "en" ? en : zhHans;
  return (key: string, parts: Record<string, string | number> = {}): RegExp => {
    const found = key.split(".").reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], texts);
    if (typeof found !== "string") throw new Error(`there is no text ${key}`);
    const pieces = found.split(/\{\{(\w+)\}\}/).map((piece, index) => (index % 2 === 0 ? escaped(piece) : escaped(String(parts[piece] ?? "")) || ".*"));
    return new RegExp(`^${pieces.join("")}`);
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
