import { mkdir } from "node:fs/promises";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ask } from "./api";
import { Person, launch } from "./browser";
import { Demo } from "./server";
import { bodyOf, draft } from "./story";
import { TEXT } from "./text";

let demo: Demo;
let browser: Browser;
/** Where pictures of every phone are put, to be looked at; nowhere unless it is named. */
const PICTURES = process.env["FENFA_PICTURES"];

beforeAll(async () => {
  browser = await launch();
  demo = await Demo.start();
});
afterAll(async () => {
  await browser.close();
  await demo.end();
});

interface Item {
  id: string;
  kind: "stories" | "videos";
}

describe.each(["light", "dark"] as const)("%s", (scheme) => {
  test("every channel shows a story and a video as its readers meet them", async () => {
    const person = await Person.open(browser, demo, scheme === "light" ? "zh-Hans" : "en", scheme);
    await person.signIn();
    const { stories, videos, channels } = await ask<{
      stories: { nodes: { id: string }[] };
      videos: { nodes: { id: string }[] };
      channels: { id: string; lanes: { takes: string[] }[] }[];
    }>(person, "{ stories(first: 1) { nodes { id } } videos(first: 1) { nodes { id } } channels { id lanes { takes } } }");
    const items: Item[] = [
      ...stories.nodes.map(({ id }) => ({ id, kind: "stories" as const })),
      ...videos.nodes.map(({ id }) => ({ id, kind: "videos" as const })),
    ];
    for (const { id, kind } of items) {
      const wanted = kind === "stories" ? "STORY" : "VIDEO";
      for (const channel of channels.filter(({ lanes }) => lanes.some(({ takes }) => takes.includes(wanted)))) {
        await person.visit(`/${kind}/${id}?tab=${channel.id}`);
        const phone = person.page.locator(".phone");
        await phone.waitFor();
        for (const choice of await person.page.locator(".write-side [role=radiogroup] label").all()) {
          await choice.click();
          await look(person, `${kind}-${channel.id}-${(await choice.textContent()) ?? ""}-${scheme}`);
        }
        await look(person, `${kind}-${channel.id}-${scheme}`);
        expect(await person.violations(), channel.id).toEqual([]);
        expect(await person.page.locator("main").innerText(), channel.id).not.toMatch(/<\/?(p|section|img)\b/);
      }
    }
    await person.close();
  });
});

async function look(person: Person, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  await mkdir(PICTURES, { recursive: true });
  await person.page.screenshot({ path: `${PICTURES}/${name}.png` });
}

test("the phone follows what is typed, in a field of the channel and in the source", async () => {
  const person = await Person.open(browser, demo);
  await person.signIn();
  const id = await draft(person, "清明前的第一口鲜茶", TEXT);
  const { channels } = await ask<{ channels: { id: string; name: { zh: string }; fields: { name: string; kind: string }[] }[] }>(
    person,
    "{ channels { id name { zh } fields { name kind } } }",
  );
  // Its phone shows the title once, and the text with its form.
  const rich = channels.find(({ id, fields }) => id === "wechat" && fields.some(({ kind }) => kind === "RICH_TEXT"));
  if (rich === undefined) throw new Error("no channel has a text with form");
  await person.visit(`/stories/${id}?tab=${rich.id}`);
  const { page } = person;
  const phone = page.locator(".phone");
  await phone.getByText("清明前的第一口鲜茶").waitFor();

  await page.getByRole("textbox", { name: "标题", exact: true }).fill("还没有留下的标题");
  await phone.getByText("还没有留下的标题").waitFor();
  await page.getByRole("button", { name: "取消" }).click();
  await phone.getByText("清明前的第一口鲜茶").waitFor();
  await page.getByRole("tab", { name: "原文" }).click();
  await bodyOf(person).click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("刚刚打的字，");
  await page.getByText(/^草稿已留存/).waitFor();
  await page.getByRole("tab", { name: rich.name.zh }).click();
  await phone.getByText("刚刚打的字，清明前采的芽头").waitFor();
  await person.close();
});
