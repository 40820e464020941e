import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { ask } from "./api";
import { Person, launch } from "./browser";
import { Fresh } from "./fresh";
import { publishedStory } from "./published";
import { wordsOf } from "./words";

// What is told of here is a channel to which people sign in on a page of its platform.
const CHANNEL = "douyin";
const NAME = "茶山二号";

const t = wordsOf("zh-Hans");
const channel = "抖音";

let fresh: Fresh;
let browser: Browser;
let person: Person;

beforeAll(async () => {
  browser = await launch();
  fresh = await Fresh.start();
  person = await Person.open(browser, fresh);
  const input = { setUpCode: new URL(fresh.link).hash.slice(1), siteName: "茶山", zone: "Asia/Shanghai", name: "王编辑", email: fresh.email, password: fresh.password };
  await ask(person, "mutation($input: SetUpInput!) { setUp(input: $input) { user { id } } }", { input });
});
afterAll(async () => {
  await browser.close();
  await fresh.end();
});

/** Throws a switch of the platform. */
async function set(settings: object): Promise<void> {
  const response = await person.context.request.post(`${fresh.control}/${CHANNEL}`, { data: { set: settings } });
  if (!response.ok()) throw new Error(`the simulator refused: ${await response.text()}`);
}

/** What the user answers on the platform's page, to which the button leads. */
async function signIn(button: RegExp, answer: "允许" | "拒绝"): Promise<string> {
  const { page } = person;
  await page.getByRole("button", { name: button }).click();
  // Another site than the server: the session must come along all the same.
  await page.waitForURL(/^http:\/\/localhost:\d+\/douyin\/platform\/oauth\/connect\//);
  const coming = page.waitForRequest(/\/oauth\/douyin\/callback\?/);
  await page.getByRole("button", { name: answer }).click();
  const back = (await coming).url();
  await page.waitForURL(/\/admin\/channels\/[^/]+\?signIn=/);
  await person.settled();
  return back;
}

test("an account is connected in the wizard, and a person who says no loses nothing of what was typed", async () => {
  const { page } = person;
  const simulators = fresh.control.replace("127.0.0.1", "localhost").replace(/\/control$/, `/${CHANNEL}`);
  await person.visit(`/channels/connect/${CHANNEL}`);
  await page.getByText(`${fresh.admin.replace(/\/admin$/, "")}/oauth/${CHANNEL}/callback`).waitFor();
  expect(await person.violations()).toEqual([]);
  await page.getByLabel(t("connect.name")).fill(NAME);
  await page.getByLabel("Client Key").fill("awsim0001");
  await page.locator('input[type="password"]').fill("sim-secret-0001");
  await page.getByLabel("接口地址").fill(simulators);
  await page.keyboard.press("Enter");

  await page.getByRole("heading", { name: t("connect.done", { name: NAME }) }).waitFor();
  expect(await person.violations()).toEqual([]);
  await signIn(t("sign_in.go", { channel }), "拒绝");
  await page.getByText(t("sign_in.title_DENIED")).waitFor();
  expect(await person.violations()).toEqual([]);
  await page.getByText(t("account.lane_BARRED", { lane: "发布作品" })).waitFor();

  await signIn(t("sign_in.go", { channel }), "允许");
  await page.getByText(t("sign_in.title_DONE", { who: "模拟账号 (_000openid-a)" })).waitFor();
  await page.getByText(t("account.lane_USABLE", { lane: "发布作品" })).waitFor();
  expect(await person.violations()).toEqual([]);
});

test("signing in again keeps the account, and somebody else takes it over only if the person says so", async () => {
  const { page } = person;
  const back = await signIn(t("sign_in.again", { channel }), "允许");
  await page.getByText(t("sign_in.title_DONE")).waitFor();

  await set({ open_id: "_000openid-b", nickname: "另一个" });
  await signIn(t("sign_in.again", { channel }), "允许");
  const alert = page.getByRole("alert");
  await alert.getByText(/另一个 \(_000openid-b\)/).first().waitFor();
  expect(await person.violations()).toEqual([]);
  await alert.getByRole("button", { name: t("sign_in.keep") }).click();
  await alert.waitFor({ state: "hidden" });
  await page.getByText(/模拟账号 · _000openid-a/).waitFor();
  await signIn(t("sign_in.again", { channel }), "允许");
  await alert.getByRole("button", { name: t("sign_in.replace", { who: "另一个" }) }).click();
  await page.getByText(t("sign_in.title_DONE", { who: "另一个" })).waitFor();
  await page.getByText(/另一个 · _000openid-b/).waitFor();

  await page.goto(back);
  await page.getByText(t("sign_in.astray_used")).waitFor();
  await person.settled();
  expect(await person.violations()).toEqual([]);
  await page.getByRole("link", { name: t("sign_in.to_account") }).click();
  await page.getByRole("heading", { name: NAME, level: 1 }).waitFor();
});

test("an account is parted with by the keyboard, what is planned is cancelled, and it is connected again", async () => {
  const { page } = person;
  const story = await publishedStory(person, "春茶上新，第一口鲜");
  const account = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const at = { wallTime: "2030-01-01T10:00", zone: "Asia/Shanghai" };
  const { scheduleDelivery } = await ask<{ scheduleDelivery: { delivery: { id: string } } }>(
    person,
    "mutation($input: ScheduleDeliveryInput!) { scheduleDelivery(input: $input) { delivery { id } } }",
    { input: { source: { kind: "STORY", id: story }, account, lane: "publish", at } },
  );

  await page.getByRole("button", { name: t("disconnect.open") }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByText(t("disconnect.cancels", { count: 1 })).waitFor();
  expect(await person.violations()).toEqual([]);
  await dialog.getByRole("textbox").focus();
  await page.keyboard.type(NAME);
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "hidden" });
  await page.getByText(t("account.told_disconnected")).waitFor();
  expect(await person.violations()).toEqual([]);

  const query = "query($id: ID!) { delivery(id: $id) { state sentence } }";
  const { delivery } = await ask<{ delivery: object }>(person, query, { id: scheduleDelivery.delivery.id });
  expect(delivery).toEqual({ state: "CANCELLED", sentence: "cancelled_disconnected" });
  await page.locator('input[type="password"]').fill("sim-secret-0001");
  await page.getByRole("button", { name: t("disconnect.reconnect") }).click();
  await page.getByText(t("account.told_active")).waitFor();
  await signIn(t("sign_in.again", { channel }), "允许");
  await page.getByText(t("sign_in.title_DONE")).waitFor();
  await person.close();
});
