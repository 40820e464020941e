import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Person, launch } from "./browser";
import { Demo } from "./server";
import { bodyOf, draft } from "./story";
import { TEXT } from "./text";

let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
  demo = await Demo.start();
});
afterAll(async () => {
  await browser.close();
  await demo.end();
});

const LONG = 20_000;
const KEYS = 100;

test("a long story takes every key; how long each takes is printed", async () => {
  const person = await Person.open(browser, demo);
  await person.signIn();
  const count = Math.ceil(LONG / TEXT.length);
  const id = await draft(person, "两万字", ...Array.from({ length: count }, () => TEXT));
  await person.visit(`/stories/${id}`);
  const { page, context } = person;
  await bodyOf(person).locator("p").nth(3).click();
  await page.keyboard.press("End");
  const profile = await context.newCDPSession(page);
  await profile.send("Performance.enable");
  const scripted = async () => {
    const { metrics } = await profile.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "ScriptDuration")?.value ?? NaN;
  };

  await page.keyboard.type("热");
  const before = await scripted();
  await page.keyboard.type("茶".repeat(KEYS), { delay: 30 });
  const spent = ((await scripted()) - before) * 1000;

  console.info(`typing in ${String(count * TEXT.length)} characters: ${(spent / KEYS).toFixed(1)} ms of script for each key (bar 16)`);
  expect(await bodyOf(person).innerText()).toContain(`热${"茶".repeat(KEYS)}`);
  await person.close();
});
