import { expect, test } from "vitest";

import { wordsIn } from "./outline";

test.each([
  ["春茶上新，第一口鲜。", 8],
  ["用 85 度的水", 5],
  ["It's a well-known tea", 4],
  ["，。！ ", 0],
])("%j has %d", (text, count) => {
  expect(wordsIn(text)).toBe(count);
});
