import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

const MOST_BYTES = 250_000;

test("what every page waits for is no more than its budget", async () => {
  const page = await readFile("dist/index.html", "utf8");
  const parts = [...page.matchAll(/\/admin\/(assets\/[^"]+)/g)].map(([, path]) => path);
  const sizes = await Promise.all(parts.map(async (path) => gzipSync(await readFile(`dist/${String(path)}`), { level: 9 }).length));

  expect(parts.length).toBeGreaterThan(0);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MOST_BYTES);
});
