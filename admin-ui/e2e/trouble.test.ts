import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { ask } from "./api";
import { Person, launch } from "./browser";
import { Fresh } from "./fresh";
import { publishedStory } from "./published";
import { wordsOf } from "./words";

// What is told of here is a lane whose platform lists what it shows, and whose accounts are granted by a person.
const CHANNEL = "douyin";
const LANE = "publish";

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

interface Delivery {
  id: string;
  state: string;
  externalUrl: string | null;
}

/** Publishes a story with a picture and sends it at once. */
async function send(title: string): Promise<{ delivery: string; account: string }> {
  const id = await publishedStory(person, title);
  const { accounts } = await ask<{ accounts: { id: string; channel: { id: string } | null }[] }>(person, "{ accounts { id channel { id } } }");
  const account = accounts.find(({ channel }) => channel?.id === CHANNEL)?.id ?? "";
  const { scheduleDelivery } = await ask<{ scheduleDelivery: { delivery: { id: string } } }>(
    person,
    "mutation($input: ScheduleDeliveryInput!) { scheduleDelivery(input: $input) { delivery { id } } }",
    { input: { source: { kind: "STORY", id }, account, lane: LANE } },
  );
  return { delivery: scheduleDelivery.delivery.id, account };
}

async function until(id: string, state: string): Promise<Delivery> {
  const query = "query($id: ID!) { delivery(id: $id) { id state externalUrl } }";
  return vi.waitFor(
    async () => {
      const { delivery } = await ask<{ delivery: Delivery }>(person, query, { id });
      expect(delivery.state).toBe(state);
      return delivery;
    },
    { timeout: 60_000, interval: 300 },
  );
}

/** Throws a switch of the platform. */
async function control(command: object, path = ""): Promise<Record<string, string>> {
  const response = await person.context.request.post(`${fresh.control}/${CHANNEL}${path}`, { data: command });
  if (!response.ok()) throw new Error(`the simulator refused: ${await response.text()}`);
  const answer = await response.text();
  return (answer === "" ? {} : JSON.parse(answer)) as Record<string, string>;
}

test("an account whose grant was withdrawn is signed in again, and what waited goes out", async () => {
  const t = wordsOf("zh-Hans");
  const { page } = person;
  await control({ revoke: true });
  const { delivery, account } = await send("春茶上新，第一口鲜");
  await until(delivery, "HELD");

  await person.visit("/");
  await page.getByText(t("account.told_needs_login")).waitFor();
  await person.visit(`/channels/${account}`);
  expect(await person.violations()).toEqual([]);
  await page.getByRole("button", { name: t("sign_in.again", { channel: "抖音" }) }).click();
  await page.getByRole("button", { name: "允许" }).click();
  await page.getByText(t("sign_in.title_DONE")).waitFor();

  await page.getByText(t("state.active")).first().waitFor();
  await until(delivery, "PUBLISHED");
});

test("what nobody can tell is decided by a person, once, from the inbox", async () => {
  const t = wordsOf("zh-Hans");
  const { page } = person;
  await control({ path: "/create_image_text", fault: { type: "accept_then_drop" } }, "/faults");
  await control({ path: "/video_list", times: 0, fault: { type: "status_before", status: 503 } }, "/faults");
  const { delivery } = await send("谷雨采茶，一芽一叶");
  await until(delivery, "NEEDS_REVIEW");

  await person.visit("/deliveries/review");
  const card = page.getByRole("region", { name: "谷雨采茶，一芽一叶" });
  await card.waitFor();
  expect(await person.violations()).toEqual([]);
  await card.getByRole("button", { name: t("delivery.resolve_PUBLISHED") }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(t("delivery.live_url")).fill("https://www.douyin.com/note/1");
  expect(await person.violations()).toEqual([]);
  await dialog.getByRole("button", { name: t("delivery.resolve_PUBLISHED") }).click();
  await dialog.waitFor({ state: "hidden" });

  expect((await until(delivery, "PUBLISHED")).externalUrl).toBe("https://www.douyin.com/note/1");
  await page.getByText(t("delivery.review_empty")).waitFor();
  await person.close();
});
