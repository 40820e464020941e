import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { ask } from "./api";
import { Person, launch } from "./browser";
import { Demo } from "./server";
import { bodyOf, draft, kept, paste, toEnd } from "./story";
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

test("two who write the same story see each other, and each field goes to the side that is chosen", async () => {
  const wang = await Person.open(browser, demo);
  await wang.signIn();
  const li = { email: "li@example.com", name: "李编辑", password: "correct horse battery", role: "EDITOR" };
  await ask(wang, "mutation($input: CreateUserInput!) { createUser(input: $input) { user { id } } }", { input: li });
  const other = await Person.open(browser, demo, "en");
  await other.signIn(li);
  const id = await draft(wang, "春茶上新", "今天采茶。");
  await other.visit(`/stories/${id}`);
  await wang.visit(`/stories/${id}`);

  await wang.page.getByText("李编辑 也打开着").waitFor();
  await other.page.getByRole("textbox", { name: /^Title/ }).fill("Spring tea");
  await other.page.getByRole("textbox", { name: /^Lead/ }).fill("Picked at dawn.");
  await other.page.keyboard.press("Control+s");
  await other.page.getByText(/^Saved/).waitFor();
  await wang.page.getByRole("textbox", { name: /^标题/ }).fill("春茶来了");
  await wang.page.keyboard.press("Control+s");

  const dialog = wang.page.getByRole("dialog", { name: "别人也改了这篇" });
  await dialog.waitFor();
  expect(await wang.violations()).toEqual([]);
  expect(await dialog.getByRole("radiogroup", { name: "导语" }).getByRole("radio", { name: "别人的" }).isChecked()).toBe(true);
  await dialog.getByRole("radiogroup", { name: "标题" }).getByRole("radio", { name: "我的" }).check();
  await dialog.getByRole("button", { name: "按选择保存" }).click();
  await dialog.waitFor({ state: "hidden" });
  await vi.waitFor(async () => {
    expect((await kept(wang, id)).story).toMatchObject({ title: "春茶来了", lead: "Picked at dawn." });
  });
  await other.close();
  await wang.close();
});

test("what is typed while the server is dead is kept on the device, and sent once it is back", async () => {
  const person = await Person.open(browser, demo);
  await person.signIn();
  const id = await draft(person, "断电之夜", "灯还亮着。");
  await person.visit(`/stories/${id}`);
  const { page } = person;

  await bodyOf(person).click();
  await toEnd(person);
  await page.keyboard.type("第一句。");
  await page.getByText(/^草稿已留存/).waitFor();
  await page.keyboard.type("第二句。");
  await demo.kill();
  await page.keyboard.type("第三句。");
  await page.getByText(/^离线，已存本机/).waitFor();
  expect(await person.violations()).toEqual([]);
  await demo.run();
  await page.getByText(/^已连上，本机的改动已补存/).waitFor();

  expect((await kept(person, id)).typed?.bodyMarkdown).toContain("灯还亮着。第一句。第二句。第三句。");
  forgiveOutage(person);
  await person.close();
});

test("what was typed while the server was dead survives the page's end too", async () => {
  const person = await Person.open(browser, demo);
  await person.signIn();
  const id = await draft(person, "又一次断电", "灯还亮着。");
  await person.visit(`/stories/${id}`);
  const { page } = person;

  await demo.kill();
  await bodyOf(person).click();
  await toEnd(person);
  await page.keyboard.type("来不及存的一句。");
  await page.goto("about:blank");
  await demo.run();
  await person.visit(`/stories/${id}`);
  await page.getByText("这台电脑上有没传上去的改动").waitFor();
  expect(await person.violations()).toEqual([]);
  await page.getByRole("button", { name: "接着写" }).click();
  await page.getByText(/^草稿已留存/).waitFor();

  expect((await kept(person, id)).typed?.bodyMarkdown).toContain("灯还亮着。来不及存的一句。");
  forgiveOutage(person);
  await person.close();
});

/** The browser says that nobody answers; that is so, and all that it may say. */
function forgiveOutage(person: Person): void {
  expect(person.complaints.filter((complaint) => !/ERR_(CONNECTION|EMPTY|NETWORK|SOCKET)/.test(complaint))).toEqual([]);
  person.complaints.length = 0;
}

test("a story is written, saved, published and planned without a mouse", async () => {
  const person = await Person.open(browser, demo);
  await person.signIn();
  await person.visit("/stories/new");
  const { keyboard } = person.page;

  await tabTo(person, /^标题/);
  await keyboard.type("不用鼠标写的一篇故事");
  await keyboard.press("Enter");
  await person.page.waitForURL(/\/stories\/[0-9a-f-]{36}/);
  await bodyOf(person).waitFor();
  await tabTo(person, /^正文/);
  await keyboard.type("／dbt");
  await person.page.getByRole("option", { name: "大标题" }).waitFor();
  expect(await person.violations()).toEqual([]);
  await keyboard.press("Enter");
  await keyboard.type("采茶");
  await keyboard.press("Enter");
  await keyboard.insertText(TEXT);
  await person.page.getByRole("navigation", { name: "目录" }).getByRole("button", { name: "采茶" }).waitFor();
  await keyboard.press("Control+s");
  await person.page.getByText(/^已保存/).waitFor();
  await tabTo(person, /^发布$/);
  await keyboard.press("Enter");
  await person.page.getByRole("link", { name: /^读者看到的版本/ }).waitFor();
  await tabTo(person, /^审批并排期$/);
  await keyboard.press("Enter");
  const dialog = person.page.getByRole("dialog");
  await dialog.getByRole("checkbox", { checked: true }).first().waitFor();
  await tabTo(person, /^排期 \d+ 条$/);
  await keyboard.press("Enter");
  await dialog.waitFor({ state: "hidden" });

  const id = /stories\/([^/?]+)/.exec(person.page.url())?.[1];
  const { deliveries } = await ask<{ deliveries: { nodes: { state: string }[] } }>(
    person,
    "query($id: ID!) { deliveries(filter: { source: $id }) { nodes { state } } }",
    { id },
  );
  expect(deliveries.nodes[0]?.state).toBe("SCHEDULED");
  await person.close();
});

/** Goes on with the Tab key until something of this name has the focus. */
async function tabTo(person: Person, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await person.page.keyboard.press("Tab");
    const focused = await person.page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      const label = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels?.[0]?.textContent : undefined;
      return element?.ariaLabel ?? label ?? element?.innerText ?? "";
    });
    if (name.test(focused.trim())) return;
  }
  throw new Error(`the Tab key does not reach ${String(name)}`);
}

test("what is pasted keeps its form, pictures come in, and what had to stay out is told", async () => {
  const person = await Person.open(browser, demo);
  await person.signIn();
  const id = await draft(person, "粘贴", "开头。");
  await person.visit(`/stories/${id}`);
  const { page } = person;
  await bodyOf(person).click();
  await toEnd(person);

  await paste(person, { text: "## 步骤\n\n1. 切姜\n2. 上锅**八**分钟" });
  await bodyOf(person).getByRole("heading", { name: "步骤" }).waitFor();
  // One goes on behind what was pasted: out of the list.
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await paste(person, {
    html: '<section><section><p style="color:red">水<strong>八十五度</strong>。</p></section><p><img data-src="https://example.com/a.jpg"></p></section>',
  });
  await page.getByText("1 张图片不在素材库，没有带过来；请另存后拖进来。").waitFor();
  await toEnd(person);
  await paste(person, { picture: "茶山.png" });
  await page.getByLabel("替代文字：给看不见图的人").fill("清晨的茶山");
  expect(await person.violations()).toEqual([]);
  await page.getByText(/^草稿已留存/).waitFor();

  await vi.waitFor(async () => {
    const { typed } = await kept(person, id);
    expect(typed?.bodyMarkdown).toMatch(/^开头。\n\n## 步骤\n\n1\. 切姜\n2\. 上锅\*\*八\*\*分钟\n\n水\*\*八十五度\*\*。\n\n!\[清晨的茶山\]\(asset:[0-9a-f-]+\)/);
  });
  await person.close();
});
