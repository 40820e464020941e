import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type Language, Person, launch } from "./browser";
import { Fresh } from "./fresh";
import { type Newsroom, dayFromNow, furnish } from "./newsroom";
import { Demo } from "./server";
import { wordsOf } from "./words";

/** Where the pictures go, and which are wanted: a pattern of names such as `stories.zh-Hans.dark.1280`. */
const FOLDER = process.env["SHOTS"] ?? "";
const WANTED = new RegExp(process.env["SHOTS_OF"] ?? "");
const WIDTHS = [1440, 1280, 1024];
const HEIGHT = 900;
/** No picture is longer. */
const LONGEST = 2_000;

type Step = (person: Person, t: ReturnType<typeof wordsOf>) => Promise<void>;
/** Where one goes, and what one does there. */
type Shot = [name: string, path: string, act?: Step];

const press = (key: string): Step => async (person, t) => {
  await person.page.locator("main, [role=dialog]").getByRole("button", { name: t(key) }).first().click();
};
const dialog = async (person: Person) => {
  await person.page.getByRole("dialog").first().waitFor();
  await person.settled();
};
const opens = (key: string): Step => async (person, t) => {
  await press(key)(person, t);
  await dialog(person);
};

/** Every page of a newsroom at work. */
function shots(room: Newsroom): Shot[] {
  const delivery = (state: string) => `/deliveries/${room.deliveries.get(state) ?? ""}`;
  return [
    ["home", "/"],
    ["stories", "/stories"],
    ["stories-filtered", "/stories?state=DRAFT&q=年"],
    ["stories-no-match", "/stories?q=没有这样的故事"],
    ["stories-bulk", "/stories", async ({ page }, t) => { await page.getByRole("checkbox", { name: t("list.choose_all") }).check(); }],
    ["story-new", "/stories/new"],
    ["story", `/stories/${room.story}`],
    ["story-draft", `/stories/${room.draft}`],
    ...room.channels.map((channel): Shot => [`story-${channel}`, `/stories/${room.story}?tab=${channel}`]),
    ...room.channels.map((channel): Shot => [`story-draft-${channel}`, `/stories/${room.draft}?tab=${channel}`]),
    ["story-schedule", `/stories/${room.story}`, opens("schedule.open")],
    ["story-schedule-draft", `/stories/${room.draft}`, opens("schedule.open")],
    ["story-history", `/stories/${room.story}/history`],
    ["story-more", `/stories/${room.story}`, press("story.more")],
    ...(["month", "week", "day", "list"] as const).map((view): Shot => [`calendar-${view}`, `/calendar?view=${view}&date=${dayFromNow(1)}`]),
    ["calendar-card", `/calendar?date=${dayFromNow(1)}`, async (person) => { await person.page.locator(".plan-card").last().click(); await dialog(person); }],
    ["deliveries", "/deliveries"],
    ["deliveries-no-match", "/deliveries?state=MISSED"],
    ...[...room.deliveries.keys()].map((state): Shot => [`delivery-${state.toLowerCase()}`, delivery(state)]),
    ["delivery-reschedule", delivery("SCHEDULED"), opens("delivery.reschedule")],
    ["delivery-resolve", delivery("NEEDS_REVIEW"), opens("delivery.resolve")],
    ["review", "/deliveries/review"],
    ["videos", "/videos"],
    ["video", `/videos/${room.video}`],
    ["video-douyin", `/videos/${room.video}?tab=douyin`],
    ["products", "/products"],
    ["product", `/products/${room.product}`],
    ["product-new", "/products/new"],
    ["media", "/media"],
    ["media-upload", "/media", press("upload.open")],
    ["asset", `/media/${room.asset}`],
    ["channels", "/channels"],
    ["channels-pause", "/channels", opens("pause.open")],
    ...room.accounts.map(({ id, channel }): Shot => [`account-${channel}`, `/channels/${id}`]),
    ...room.channels.map((channel): Shot => [`connect-${channel}`, `/channels/connect/${channel}`]),
    ["stats", "/stats"],
    ...["site", "members", "keys", "webhooks", "jobs", "audit"].map((section): Shot => [`settings-${section}`, `/settings/${section}`]),
    ["settings-profile", "/settings"],
    ["member-new", "/settings/members", opens("settings.member_new")],
    ["key-new", "/settings/keys", opens("settings.key_new")],
    ["webhook-new", "/settings/webhooks", opens("settings.webhook_new")],
    ["job-new", "/settings/jobs", opens("settings.job_new")],
    ["palette", "/", async (person) => { await person.page.keyboard.press("Control+k"); await dialog(person); }],
    ["palette-found", "/", async (person) => {
      await person.page.keyboard.press("Control+k");
      await person.page.getByRole("combobox").first().fill("鸡");
      await person.page.getByRole("option").first().waitFor();
    }],
    ["shortcuts", "/", async (person) => { await person.page.keyboard.press("?"); await dialog(person); }],
    ["menu", "/", async ({ page }) => { await page.locator("header button").last().click(); await page.getByRole("menuitem").first().waitFor(); }],
    ["not-found", "/nowhere"],
    ["gone", "/stories/00000000-0000-7000-8000-000000000000"],
    ["refused", "/settings/members", refused],
  ];
}

/** The server says no to a form that is filled in. */
const refused: Step = async (person, t) => {
  await opens("settings.member_new")(person, t);
  const form = person.page.getByRole("dialog");
  await form.getByLabel(t("settings.name")).fill("李编辑");
  await form.getByLabel(t("settings.email")).fill("li@example.com");
  await form.getByLabel(t("settings.password_first")).fill("correct horse battery");
  await form.getByRole("button", { name: t("settings.member_create") }).click();
  await person.page.getByRole("alert").first().waitFor();
};

let browser: Browser;
beforeAll(async () => {
  expect(FOLDER, "npm run screenshots -- FOLDER [PATTERN]").not.toBe("");
  await mkdir(FOLDER, { recursive: true });
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

const LOOKS = (["zh-Hans", "en"] as const).flatMap((language) => (["light", "dark"] as const).map((scheme) => [language, scheme] as const));

/** The widths at which a picture is wanted. */
function wanted(name: string, language: Language, scheme: string): number[] {
  return WIDTHS.filter((width) => WANTED.test(`${name}.${language}.${scheme}.${String(width)}`));
}

async function take(person: Person, [name, path, act]: Shot, language: Language, scheme: string): Promise<void> {
  for (const width of wanted(name, language, scheme)) {
    await person.page.setViewportSize({ width, height: HEIGHT });
    await person.page.goto(`${person.demo.admin}${path}`);
    await person.page.locator("h1").first().waitFor();
    await person.page.waitForFunction(() => document.querySelector("[aria-busy=true], .mantine-Skeleton-root") === null);
    await act?.(person, wordsOf(language));
    await person.page.waitForFunction(() => [...document.images].every((image) => image.complete));
    const isLayered = (await person.page.getByRole("dialog").count()) > 0;
    const height = isLayered ? HEIGHT : Math.min(LONGEST, await person.page.evaluate(() => document.documentElement.scrollHeight));
    await person.page.setViewportSize({ width, height: Math.max(height, HEIGHT) });
    await person.page.screenshot({ path: join(FOLDER, `${name}.${language}.${scheme}.${String(width)}.png`) });
  }
}

test("a newsroom at work", async () => {
  const demo = await Demo.startDone(12);
  const admin = await Person.open(browser, demo);
  await admin.signIn();
  const room = await furnish(admin, demo);
  await admin.context.close();
  for (const [language, scheme] of LOOKS) {
    const all = shots(room).filter(([name]) => wanted(name, language, scheme).length > 0);
    const person = await Person.open(browser, demo, language, scheme);
    await take(person, ["login", "/login"], language, scheme);
    await person.signIn();
    for (const shot of all) await take(person, shot, language, scheme);
    await person.context.close();
    const reader = await Person.open(browser, demo, language, scheme);
    await reader.signIn(room.reader);
    await take(reader, ["forbidden", "/settings/members"], language, scheme);
    await take(reader, ["home-viewer", "/"], language, scheme);
    await take(reader, ["story-viewer", `/stories/${room.story}`], language, scheme);
    await reader.context.close();
  }
  await demo.end();
});

/** What a server shows that nobody uses yet. */
const EMPTY: Shot[] = [
  ["empty-home", "/"],
  ...["stories", "videos", "products", "media", "deliveries", "calendar", "stats", "channels"].map((page): Shot => [`empty-${page}`, `/${page}`]),
  ...["keys", "webhooks", "jobs"].map((page): Shot => [`empty-${page}`, `/settings/${page}`]),
  ["empty-review", "/deliveries/review"],
];

test("a server that is new", async () => {
  for (const [language, scheme] of LOOKS) {
    if (["set-up-code", "set-up", "set-up-done", ...EMPTY.map(([name]) => name)].every((name) => wanted(name, language, scheme).length === 0)) continue;
    const fresh = await Fresh.start();
    const person = await Person.open(browser, fresh, language, scheme);
    const t = wordsOf(language);
    const { hash } = new URL(fresh.link);
    await take(person, ["set-up-code", "/setup"], language, scheme);
    await take(person, ["set-up", `/setup${hash}`, async ({ page }) => { await page.reload(); await page.getByLabel(t("setup.siteName")).waitFor(); }], language, scheme);
    await person.page.goto(fresh.link);
    await person.page.reload();
    await person.page.getByLabel(t("setup.siteName")).fill("茶山");
    await person.page.getByLabel(t("setup.name")).fill("王编辑");
    await person.page.getByLabel(t("setup.email")).fill(fresh.email);
    await person.page.locator('input[type="password"]').fill(fresh.password);
    await person.page.keyboard.press("Enter");
    await person.page.getByRole("heading", { name: t("setup.done") }).waitFor();
    if (wanted("set-up-done", language, scheme).length > 0) {
      await person.page.screenshot({ path: join(FOLDER, `set-up-done.${language}.${scheme}.png`) });
    }
    for (const shot of EMPTY) await take(person, shot, language, scheme);
    await person.context.close();
    await fresh.end();
  }
});
