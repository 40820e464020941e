import { expect, test } from "vitest";

import en from "./en.json";
import zhHans from "./zh-Hans.json";

function keysOf(texts: object, path = ""): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "object" && value !== null ? keysOf(value as object, `${path}${key}.`) : [`${path}${key}`],
  );
}

// Chinese has one form where English has two; none may have words of its own in both.
const withoutPlurals = (keys: string[]) => [...new Set(keys.map((key) => key.replace(/_(zero|one|other)$/, "")))].sort();

test("both languages have the same texts", () => {
  expect(withoutPlurals(keysOf(en))).toEqual(withoutPlurals(keysOf(zhHans)));
});

test("no text is empty", () => {
  const texts = JSON.stringify([en, zhHans]);

  expect(texts).not.toMatch(/:\s*""/);
});
