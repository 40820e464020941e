import { expect, test } from "vitest";

import { BLOCKS, blocksFor } from "./blocks";

const NAMES: Record<string, string> = { h2: "大标题", product: "商品卡片", video: "视频", quote: "引用" };
const found = (query: string) => blocksFor(query, (key) => NAMES[key] ?? key).map(({ key }) => key);

test("a block is found by its name, its initials, or Markdown's sign", () => {
  expect(found("商品")).toEqual(["product"]);
  expect(found("spkp")).toEqual(["product", "video"]);
  expect(found("##")).toEqual(["h2", "h3"]);
  expect(found("QUO")).toEqual(["quote"]);
  expect(found("没有")).toEqual([]);
  expect(found("")).toEqual(BLOCKS.map(({ key }) => key));
});
