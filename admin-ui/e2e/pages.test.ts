import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ask } from "./api";
import { type Language, Person, launch } from "./browser";
import { PAGES } from "./routes";
import { Demo } from "./server";

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

const LOOKS: [Language, "light" | "dark"][] = [
  ["zh-Hans", "light"],
  ["zh-Hans", "dark"],
  ["en", "light"],
  ["en", "dark"],
];

describe.each(LOOKS)("in %s, %s", (language, scheme) => {
  test("every page is accessible and complains of nothing", async () => {
    const person = await Person.open(browser, demo, language, scheme);
    await person.page.goto(`${demo.admin}/login`);
    await person.page.locator('input[type="password"]').waitFor();
    expect(await person.violations(), "/login").toEqual([]);
    await person.signIn();
    const { channels } = await ask<{ channels: { id: string }[] }>(person, "{ channels { id } }");
    for (const path of [...PAGES, `/channels/connect/${String(channels[0]?.id)}`]) {
      await person.visit(path);
      expect(await person.violations(), path).toEqual([]);
    }
    for (const list of ["/stories", "/videos", "/products", "/deliveries", "/channels", "/media"]) {
      await person.visit(list);
      await person.page.locator("main a.row-link").first().click();
      await person.page.waitForURL((url) => url.pathname.startsWith(`/admin${list}/`));
      await person.page.locator("main .back").waitFor();
      await person.settled();
      expect(await person.violations(), person.page.url()).toEqual([]);
    }
    for (const list of ["/stories", "/videos"]) {
      await person.visit(list);
      const href = await person.page.locator("main a.row-link").first().getAttribute("href");
      const path = `${String(href).replace("/admin", "")}/history`;
      await person.visit(path);
      expect(await person.violations(), path).toEqual([]);
    }
    await person.close();
  });
});

test("a key is made, shown once, and revoked", async () => {
  const person = await Person.open(browser, demo, "en");
  await person.signIn();
  const { page } = person;
  await person.visit("/settings/keys");

  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill("WeChat mini-program");
  await page.keyboard.press("Enter");
  const secret = await page.locator(".told-once code").textContent();
  expect(secret).toMatch(/^fenfa_[\w-]{43}$/);
  expect(await person.violations()).toEqual([]);
  await page.getByRole("button", { name: 'Revoke "WeChat mini-program"' }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke the key" }).click();

  await page.getByText("Revoked").waitFor();
  await person.close();
});

test("who may only look sees what there is, and changes nothing", async () => {
  const admin = await Person.open(browser, demo);
  await admin.signIn();
  const reader = { email: "reader@example.com", password: "correct horse battery" };
  await ask(admin, "mutation($input: CreateUserInput!) { createUser(input: $input) { __typename } }", { input: { ...reader, name: "赵实习", role: "VIEWER" } });
  await admin.close();
  const person = await Person.open(browser, demo);
  await person.signIn(reader);
  for (const list of ["/stories", "/videos", "/products", "/media", "/deliveries"]) {
    await person.visit(list);
    await person.page.locator("main a.row-link").first().click();
    await person.page.locator("main .back").waitFor();
    await person.settled();
    expect(await person.page.getByRole("alert").count(), person.page.url()).toBe(0);
    expect(await person.violations(), person.page.url()).toEqual([]);
  }
  await person.close();
});

test("what is not there says so and leads back", async () => {
  const person = await Person.open(browser, demo);
  await person.signIn();

  await person.page.goto(`${demo.admin}/nowhere`);
  await person.page.locator("main a, main button").first().waitFor();

  expect(await person.violations()).toEqual([]);
  await person.close();
});
