import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { ask } from "./api";
import { Person, launch } from "./browser";
import { Demo } from "./server";
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

const body = (text: string) => ({ type: "doc", content: [{ type: "paragraph", content: [{ type: "text", text }] }] });

async function draft(person: Person, title: string, text = "今天采茶，明天炒茶。"): Promise<{ id: string; version: number }> {
  const mutation = "mutation($input: CreateStoryInput!) { createStory(input: $input) { story { id version } } }";
  const input = { content: { title, body: body(text) } };
  return (await ask<{ createStory: { story: { id: string; version: number } } }>(person, mutation, { input })).createStory.story;
}

async function stateOf(person: Person, id: string): Promise<string> {
  return (await ask<{ story: { state: string } }>(person, "query($id: ID!) { story(id: $id) { state } }", { id })).story.state;
}

test("the palette leads to pages and content by the keyboard alone, and the question mark shows the keys", async () => {
  const person = await Person.open(browser, demo);
  await person.signIn();
  const { id } = await draft(person, "谷雨采茶记");
  await person.visit("/");
  const { keyboard } = person.page;
  const field = person.page.getByRole("combobox", { name: "找页面、操作和内容" });

  await keyboard.press("Control+k");
  await field.waitFor();
  expect(await person.violations()).toEqual([]);
  await keyboard.type("rili");
  await keyboard.press("Enter");
  await person.page.waitForURL(/\/admin\/calendar/);
  await keyboard.press("Control+k");
  await field.fill("谷雨");
  await person.page.getByRole("option", { name: "谷雨采茶记", selected: true }).waitFor();
  await keyboard.press("Enter");
  await person.page.waitForURL(new RegExp(`/admin/stories/${id}`));
  await person.settled();

  await keyboard.press("?");
  await person.page.getByRole("dialog", { name: "快捷键" }).waitFor();
  expect(await person.violations()).toEqual([]);
  await keyboard.press("Escape");
  await person.page.getByRole("dialog").waitFor({ state: "hidden" });
  await keyboard.press("g");
  await keyboard.press("d");
  await person.page.waitForURL(/\/admin\/deliveries/);
  await person.close();
});

test("stories are published together, each with its result", async () => {
  const person = await Person.open(browser, demo, "en");
  await person.signIn();
  const drafts = [await draft(person, "批量之一"), await draft(person, "批量之二")];
  await person.visit("/stories?q=批量之");
  const { page } = person;

  await page.getByRole("checkbox", { name: "Choose all that are loaded" }).check();
  await page.getByRole("button", { name: "Publish 2 stories" }).click();
  const dialog = page.getByRole("dialog", { name: "Publish 2 stories" });
  await dialog.getByRole("button", { name: "Publish 2 stories" }).click();
  await dialog.getByText("2 of 2 done, 0 not.").waitFor();
  expect(await person.violations()).toEqual([]);

  expect(await Promise.all(drafts.map(({ id }) => stateOf(person, id)))).toEqual(["PUBLISHED", "PUBLISHED"]);
  await person.close();
});

test("what was saved before is compared and brought back", async () => {
  const person = await Person.open(browser, demo);
  await person.signIn();
  const { id, version } = await draft(person, "春茶上新");
  const input = { id, baseVersion: version, content: { title: "春茶来了", body: body("今天采茶，后天炒茶。") } };
  await ask(person, "mutation($input: UpdateStoryInput!) { updateStory(input: $input) { story { id } } }", { input });
  await person.visit(`/stories/${id}/history`);
  const { page } = person;

  expect(await page.locator("del").allTextContents()).toContain("明天");
  expect(await page.locator("ins").allTextContents()).toContain("后天");
  expect(await person.violations()).toEqual([]);
  await page.getByRole("link", { name: /^版本 1/ }).click();
  await page.getByRole("button", { name: "恢复到版本 1" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "恢复到版本 1" }).click();
  await page.waitForURL(new RegExp(`/admin/stories/${id}$`));

  await page.getByRole("heading", { name: "春茶上新", level: 1 }).waitFor();
  await person.close();
});

test("Escape in the picker leaves the dialog open, and a lane is planned from it", async () => {
  const person = await Person.open(browser, demo);
  await person.signIn();
  const { id } = await draft(person, "立夏喝茶", TEXT);
  await ask(person, "mutation($input: StoryIdInput!) { publishStory(input: $input) { story { id } } }", { input: { id } });
  await person.visit(`/stories/${id}`);
  const { page } = person;

  await page.getByRole("button", { name: "审批并排期" }).click();
  const dialog = page.getByRole("dialog", { name: "「立夏喝茶」发到哪里" });
  await dialog.getByRole("checkbox", { disabled: false }).first().waitFor();
  await person.settled();
  await dialog.getByRole("button", { name: /^时间/ }).click();
  await page.getByRole("spinbutton").first().focus();
  await page.keyboard.press("Escape");
  await page.getByRole("spinbutton").first().waitFor({ state: "hidden" });
  expect(await dialog.isVisible()).toBe(true);
  expect(await person.violations()).toEqual([]);

  for (const box of await dialog.getByRole("checkbox", { disabled: false }).all()) await box.uncheck();
  await dialog.getByRole("checkbox", { disabled: false }).first().check();
  await dialog.getByRole("button", { name: "排期 1 条" }).click();
  await dialog.waitFor({ state: "hidden" });
  await vi.waitFor(async () => {
    const query = "query($id: ID!) { deliveries(filter: { source: $id }) { nodes { state } } }";
    const { deliveries } = await ask<{ deliveries: { nodes: { state: string }[] } }>(person, query, { id });
    expect(deliveries.nodes).toMatchObject([{ state: "SCHEDULED" }]);
  });
  await person.close();
});
