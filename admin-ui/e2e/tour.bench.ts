import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { ask } from "./api";
import { Person, launch } from "./browser";
import { PAGES } from "./routes";
import { Demo } from "./server";

const STORIES = Number(process.env["STORIES"] ?? 10_000);
const ROUNDS = 5;
const BAR_MS = 500;

let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
  demo = await Demo.startCrowded(STORIES);
}, 3_600_000);
afterAll(async () => {
  await browser.close();
  await demo.end();
});

test("every page of a full site is usable soon; how soon is printed", async () => {
  const person = await Person.open(browser, demo);
  await person.signIn();
  const { stories, deliveries } = await ask<{ stories: { nodes: { id: string }[] }; deliveries: { nodes: { id: string }[] } }>(
    person,
    "{ stories(first: 1) { nodes { id } } deliveries(first: 1) { nodes { id } } }",
  );
  const story = `/stories/${String(stories.nodes[0]?.id)}`;
  const { channels } = await ask<{ channels: { id: string }[] }>(person, "{ channels { id } }");
  const paths = [
    ...PAGES,
    "/stories?q=茶",
    "/calendar?view=week",
    story,
    `${story}?tab=${String(channels[0]?.id)}`,
    `/deliveries/${String(deliveries.nodes[0]?.id)}`,
  ];

  const times: { path: string; ms: number }[] = [];
  for (const path of paths) {
    const rounds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const began = performance.now();
      await person.visit(path);
      rounds.push(performance.now() - began);
    }
    times.push({ path, ms: median(rounds) });
  }

  for (const { path, ms } of times) console.info(`${ms.toFixed(0).padStart(6)} ms  ${path}`);
  const all = times.map(({ ms }) => ms);
  const planned = /planned for later: (\d+)/.exec(demo.log)?.[1] ?? "unknown";
  console.info(
    `pages of ${String(STORIES)} stories and ${planned} deliveries, loaded anew until usable: ` +
      `median ${median(all).toFixed(0)} ms, slowest ${Math.max(...all).toFixed(0)} ms (bar ${String(BAR_MS)})`,
  );
  expect(times).toHaveLength(paths.length);
  await person.close();
});

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
