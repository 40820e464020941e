import { expect, test } from "vitest";

import { isForeign, isMarkdown } from "./intake";

test.each(["## 步骤", "说明：\n- 葱\n- 姜", "1. 切姜", "> 小火", "先**洗净**鲈鱼", "看[这里](https://example.com)"])("%j has form", (text) => {
  expect(isMarkdown(text)).toBe(true);
});

test.each(["第一泡一分钟。", "2*3*4", "a - b", "#话题 不是标题", "[注]"])("%j is words", (text) => {
  expect(isMarkdown(text)).toBe(false);
});

test("a page is foreign, a few words of it are not", () => {
  expect(isForeign('<meta charset="utf-8"><section style="x"><p>茶</p></section>')).toBe(true);
  expect(isForeign("<b>茶</b><span>山</span>")).toBe(false);
});
