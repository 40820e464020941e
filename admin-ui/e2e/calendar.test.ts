import type { Browser, Locator } from "playwright-core";
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

const ZONE = "Asia/Shanghai";
const MONTH = "2027-03-15";

/** A story of its own, which readers see. */
async function publish(person: Person): Promise<string> {
  const content = {
    title: "春茶上新，第一口鲜",
    kind: "ARTICLE",
    body: { type: "doc", content: [{ type: "paragraph", content: [{ type: "text", text: TEXT }] }] },
  };
  const { createStory } = await ask<{ createStory: { story: { id: string } } }>(
    person,
    "mutation($input: CreateStoryInput!) { createStory(input: $input) { story { id } } }",
    { input: { content } },
  );
  const { id } = createStory.story;
  await ask(person, "mutation($input: StoryIdInput!) { publishStory(input: $input) { story { id } } }", { input: { id } });
  return id;
}

let story: string | undefined;

/** Plans that story for a day on which nothing else is; what was called off before may be planned again. */
async function plan(person: Person, at: string): Promise<{ id: string; title: string }> {
  story ??= await publish(person);
  const { account, lane } = await destination(person, story);
  const input = { source: { kind: "STORY", id: story }, account, lane, at: { wallTime: at, zone: ZONE } };
  const mutation = "mutation($input: ScheduleDeliveryInput!) { scheduleDelivery(input: $input) { delivery { id title } } }";
  return (await ask<{ scheduleDelivery: { delivery: { id: string; title: string } } }>(person, mutation, { input })).scheduleDelivery.delivery;
}

/** The first lane that takes the story as it is, once the demo has connected its accounts. */
async function destination(person: Person, id: string): Promise<{ account: string; lane: string }> {
  return vi.waitFor(
    async () => {
      const { accounts, channels } = await ask<{
        accounts: { id: string; channel: { id: string } | null }[];
        channels: { id: string; lanes: { id: string; takes: string[] }[] }[];
      }>(person, "{ accounts { id channel { id } } channels { id lanes { id takes } } }");
      for (const account of accounts) {
        const channel = channels.find((one) => one.id === account.channel?.id);
        const lanes = channel?.lanes.filter(({ takes }) => takes.includes("STORY")) ?? [];
        const blocked = channel === undefined ? [] : await errors(person, id, channel.id);
        const free = lanes.find((lane) => !blocked.some((on) => on.length === 0 || on.includes(lane.id)));
        if (free !== undefined) return { account: account.id, lane: free.id };
      }
      throw new Error("no account takes the story yet");
    },
    { timeout: 30_000, interval: 100 },
  );
}

/** The lanes of each finding that blocks a story on a channel. */
async function errors(person: Person, id: string, channel: string): Promise<string[][]> {
  const query = "query($source: SourceInput!, $channel: String!) { variant(source: $source, channel: $channel) { findings { severity lanes } } }";
  const { variant } = await ask<{ variant: { findings: { severity: string; lanes: string[] }[] } }>(person, query, {
    source: { kind: "STORY", id },
    channel,
  });
  return variant.findings.filter(({ severity }) => severity !== "WARNING").map(({ lanes }) => lanes);
}

const wallTime = async (person: Person, id: string) =>
  (await ask<{ delivery: { wallTime: string } }>(person, "query($id: ID!) { delivery(id: $id) { wallTime } }", { id })).delivery.wallTime.slice(0, 16);

const cancel = (person: Person, id: string) =>
  ask(person, "mutation($input: DeliveryInput!) { cancelDelivery(input: $input) { delivery { id } } }", { input: { id } });

async function drag(person: Person, card: Locator, day: Locator): Promise<void> {
  const from = await card.boundingBox();
  const to = await day.boundingBox();
  if (from === null || to === null) throw new Error("nothing to drag");
  await person.page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await person.page.mouse.down();
  await person.page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 8 });
  await person.page.mouse.up();
}

test("a card that is dragged to another day goes out then, at the same time of the day, and comes back when it is undone", async () => {
  const person = await Person.open(browser, demo);
  await person.signIn();
  const { id } = await plan(person, "2027-03-10T10:00");
  await person.visit(`/calendar?date=${MONTH}`);

  await drag(person, person.page.locator(".plan-card"), person.page.locator('[data-date="2027-03-12"]').last());
  await person.page.getByRole("status").getByText("2027-03-12 10:00").waitFor();

  expect(await wallTime(person, id)).toBe("2027-03-12T10:00");
  await person.page.getByRole("button", { name: "撤销，改回 2027-03-10 10:00" }).click();
  await vi.waitFor(async () => {
    expect(await wallTime(person, id)).toBe("2027-03-10T10:00");
  }, 10_000);
  await cancel(person, id);
  await person.close();
});

test("what is refused goes back to where it was, and the reason is said", async () => {
  const person = await Person.open(browser, demo, "en");
  await person.signIn();
  const { id } = await plan(person, "2027-03-10T10:00");
  await hearNothing(person);
  await person.visit(`/calendar?date=${MONTH}`);
  await cancel(person, id);

  await drag(person, person.page.locator(".plan-card"), person.page.locator('[data-date="2027-03-12"]').last());
  await person.page.getByRole("alert").waitFor();

  expect(await wallTime(person, id)).toBe("2027-03-10T10:00");
  await person.page.locator('[data-date="2027-03-10"] .plan-card').waitFor();
  await person.close();
});

/** The page goes on showing what it saw first; what others do it does not hear. */
async function hearNothing(person: Person): Promise<void> {
  let seen: string | undefined;
  await person.page.route("**/admin/graphql", async (route) => {
    if (route.request().postData()?.includes("query Planned") !== true) return route.fallback();
    seen ??= await (await route.fetch()).text();
    return route.fulfill({ body: seen, contentType: "application/json" });
  });
}

test("who does not drag opens the card with Enter and finds the way to another time there", async () => {
  const person = await Person.open(browser, demo, "en");
  await person.signIn();
  const { id, title } = await plan(person, "2027-03-10T10:00");
  await person.visit(`/calendar?date=${MONTH}`);

  await person.page.locator(".calendar [tabindex='0']", { has: person.page.locator(".plan-card") }).focus();
  await person.page.keyboard.press("Enter");
  const dialog = person.page.getByRole("dialog", { name: title });
  await dialog.waitFor();
  expect(await person.violations()).toEqual([]);
  await dialog.getByRole("button", { name: /Asia\/Shanghai/ }).waitFor();
  await dialog.getByRole("button", { name: "Move 1 delivery" }).click();
  await dialog.waitFor({ state: "hidden" });

  await cancel(person, id);
  await person.close();
});
