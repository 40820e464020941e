import { expect, test } from "vitest";

import { fenOf } from "./product-query";

test("a price is read as people write it, to the fen", () => {
  expect(["128", "128.5", "128.05", "0.1", " 9.90 "].map(fenOf)).toEqual([12800, 12850, 12805, 10, 990]);
});

test("what is no price is none", () => {
  expect(["", "-1", "1.234", "¥5", "1e3", "1,280"].map(fenOf)).toEqual(Array(6).fill(undefined));
});
