import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { ask } from "./api";
import { Person, launch } from "./browser";
import { PAGES } from "./routes";
import { Demo } from "./server";

const STORIES = Number(process.env["STORIES"] ?? 10_000);
const ROUNDS = 5;
const BAR_MS = 500;
/** From where each page is gone to. */
const ELSEWHERE = "/stories/new";

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

  const times: { path: string; within: number; anew: number }[] = [];
  for (const path of paths) {
    const within: number[] = [];
    const anew: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      anew.push(await took(() => person.visit(path)));
      await person.goTo(ELSEWHERE);
      within.push(await took(() => person.goTo(path)));
    }
    times.push({ path, within: median(within), anew: median(anew) });
  }

  for (const { path, within, anew } of times) console.info(`${whole(within)} ms within the app, ${whole(anew)} ms loaded anew  ${path}`);
  const planned = /planned for later: (\d+)/.exec(demo.log)?.[1] ?? "unknown";
  console.info(
    `until pages of ${String(STORIES)} stories and ${planned} deliveries are usable: ` +
      `within the app ${sum(times.map(({ within }) => within))}; loaded anew ${sum(times.map(({ anew }) => anew))} (bar ${String(BAR_MS)})`,
  );
  expect(times).toHaveLength(paths.length);
  await person.close();
});

async function took(deed: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await deed();
  return performance.now() - began;
}

function whole(ms: number): string {
  return ms.toFixed(0).padStart(5);
}

function sum(all: number[]): string {
  return `median ${median(all).toFixed(0)} ms, slowest ${Math.max(...all).toFixed(0)} ms`;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
