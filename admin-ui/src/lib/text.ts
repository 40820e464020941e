import { currentLanguage } from "./i18n";

/** The text of a channel's label in the language of the page. */
export function localText(text: { zh: string; en: string }): string {
  return currentLanguage() === "en" ? text.en : text.zh;
}

/** What stands between things that are listed, in the language of the page. */
export function comma(): string {
  return currentLanguage() === "en" ? ", " : "、";
}

/** Things one after the other. */
export function listed(things: readonly string[]): string {
  return things.join(comma());
}

/** A value of a variant as a person reads it. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join("\n");
  return JSON.stringify(value, null, 2);
}

/** Length of a text as a channel counts it. */
export type LengthUnit = "CHARACTERS" | "DISPLAY_WIDTH" | "UTF_8_BYTES" | "ITEMS";

export function lengthOf(text: string, unit: LengthUnit): number {
  const characters = [...text];
  switch (unit) {
    case "CHARACTERS":
      return characters.length;
    case "DISPLAY_WIDTH":
      return characters.reduce((width, character) => width + ((character.codePointAt(0) ?? 0) < 0x100 ? 1 : 2), 0);
    case "UTF_8_BYTES":
      return new TextEncoder().encode(text).length;
    case "ITEMS":
      return text.split("\n").filter((line) => line.trim() !== "").length;
  }
}

/** An integer of fen as money. */
export function money(fen: number): string {
  return `¥${(fen / 100).toLocaleString("zh-Hans-CN", { minimumFractionDigits: 2 })}`;
}

const numbers = (options?: Intl.NumberFormatOptions) => new Intl.NumberFormat(currentLanguage() === "en" ? "en" : "zh-Hans", options);

/** A count in full: 12,345. */
export function grouped(count: number): string {
  return numbers().format(count);
}

/** A count for a card: 1.2万. */
export function compact(count: number): string {
  return count < 10_000 ? grouped(count) : numbers({ notation: "compact", maximumFractionDigits: 1 }).format(count);
}
