import { expect, vi } from "vitest";

import { ask } from "./api";
import type { Person } from "./browser";
import type { Demo } from "./server";
import { TEXT } from "./text";

/** What is written, on which days ahead it goes out, and at what time. */
const PLANNED = [
  { title: "冬至饺子，三种馅料一次学会", day: 1, time: "09:30" },
  { title: "小雪腌菜：雪里蕻怎么腌不发苦", day: 1, time: "18:00" },
  { title: "羊肉火锅的清汤锅底，两小时熬成", day: 3, time: "11:00" },
  { title: "桂花糯米藕，慢火两小时", day: 4, time: "17:30" },
  { title: "腊八粥要提前泡什么", day: 8, time: "08:00" },
];
const DRAFTS = ["年夜饭的八道硬菜清单", "春节待客的六样点心"];
/** Words that no platform lets pass. */
const BOAST = "这是全国第一的好菜，百分之百不会失败。";

interface Account {
  id: string;
  name: string;
  channel: { id: string; lanes: { id: string; takes: string[] }[] } | null;
}

/** Something of every kind, so that each page has what it is made for. */
export interface Newsroom {
  story: string;
  draft: string;
  video: string;
  product: string;
  asset: string;
  channels: string[];
  accounts: { id: string; channel: string }[];
  /** A delivery in each state that there is. */
  deliveries: Map<string, string>;
  /** Somebody who may only look. */
  reader: { email: string; password: string };
}

/** Fills a demo that is done: what is planned, what is held, what nobody can tell, and what operators set up. */
export async function furnish(person: Person, demo: Demo): Promise<Newsroom> {
  const { stories, accounts } = await ask<{ stories: { nodes: { id: string; content: { cover: { id: string } | null } }[] }; accounts: Account[] }>(
    person,
    "{ stories(first: 12) { nodes { id content { cover { id } } } } accounts { id name channel { id lanes { id takes } } } }",
  );
  const covers = stories.nodes.flatMap(({ content }) => content.cover?.id ?? []);
  const account = (channel: string) => accounts.find((one) => one.channel?.id === channel)?.id ?? "";

  for (const [index, { title, day, time }] of PLANNED.entries()) {
    const id = await write(person, title, TEXT, covers[index % covers.length]);
    await publish(person, id);
    for (const { id: to, channel } of accounts) {
      const lane = channel?.lanes.find(({ takes }) => takes.includes("STORY"))?.id;
      // What a rule of the channel refuses stays at home.
      if (lane !== undefined) await schedule(person, id, to, lane, `${dayFromNow(day)}T${time}`).catch(() => undefined);
    }
  }
  const drafts: string[] = [];
  for (const title of DRAFTS) drafts.push(await write(person, title, TEXT + BOAST, covers[0]));

  const late = await write(person, "三杯鸡，一锅到底", TEXT, covers[1]);
  await publish(person, late);
  await control(demo, "douyin/faults", { path: "/create_image_text", fault: { type: "accept_then_drop" } });
  await control(demo, "douyin/faults", { path: "/video_list", times: 0, fault: { type: "status_before", status: 503 } });
  await schedule(person, late, account("douyin"), "publish");
  await schedule(person, late, account("wechat"), "draft");
  await ask(person, "mutation($input: PauseDeliveriesInput!) { pauseDeliveries(input: $input) { __typename } }", {
    input: { scope: { channel: "alipay" }, note: "等法务确认活动规则" },
  });
  await schedule(person, late, account("alipay"), "post");
  await operate(person, account("baidu"));
  const deliveries = await vi.waitFor(
    async () => {
      const states = await statesOf(person);
      for (const state of ["NEEDS_REVIEW", "WAITING_USER", "HELD", "SCHEDULED", "PUBLISHED"]) expect([...states.keys()]).toContain(state);
      return states;
    },
    { timeout: 120_000, interval: 500 },
  );

  const first = await ask<Record<"videos" | "products" | "assets", { nodes: { id: string }[] }>>(
    person,
    "{ videos(first: 1) { nodes { id } } products(first: 1) { nodes { id } } assets(first: 1) { nodes { id } } }",
  );
  const reader = { email: "zhao@example.com", password: "correct horse battery" };
  await ask(person, "mutation($input: CreateUserInput!) { createUser(input: $input) { __typename } }", { input: { ...reader, name: "赵实习", role: "VIEWER" } });
  return {
    story: String(stories.nodes.at(-1)?.id),
    draft: String(drafts[0]),
    video: String(first.videos.nodes[0]?.id),
    product: String(first.products.nodes[0]?.id),
    asset: String(first.assets.nodes[0]?.id),
    channels: accounts.flatMap(({ channel }) => channel?.id ?? []),
    accounts: accounts.map(({ id, channel }) => ({ id, channel: channel?.id ?? "" })),
    deliveries,
    reader,
  };
}

async function write(person: Person, title: string, text: string, coverId: string | undefined): Promise<string> {
  const body = { type: "doc", content: [{ type: "paragraph", content: [{ type: "text", text }] }] };
  const input = { content: { title, lead: "照着做就能成的家常做法。", body, coverId } };
  const mutation = "mutation($input: CreateStoryInput!) { createStory(input: $input) { story { id } } }";
  return (await ask<{ createStory: { story: { id: string } } }>(person, mutation, { input })).createStory.story.id;
}

const publish = (person: Person, id: string) => ask(person, "mutation($input: StoryIdInput!) { publishStory(input: $input) { story { id } } }", { input: { id } });

const schedule = (person: Person, id: string, account: string, lane: string, wallTime?: string) =>
  ask(person, "mutation($input: ScheduleDeliveryInput!) { scheduleDelivery(input: $input) { delivery { id } } }", {
    input: { source: { kind: "STORY", id }, account, lane, ...(wallTime !== undefined && { at: { wallTime, zone: "Asia/Shanghai" } }) },
  });

/** What operators set up: members, keys, receivers, jobs, a blackout. */
async function operate(person: Person, account: string): Promise<void> {
  for (const [name, email, role] of [["李编辑", "li@example.com", "EDITOR"], ["陈作者", "chen@example.com", "AUTHOR"]]) {
    await ask(person, "mutation($input: CreateUserInput!) { createUser(input: $input) { __typename } }", { input: { name, email, role, password: "correct horse battery" } });
  }
  for (const name of ["微信小程序", "支付宝小程序"]) await ask(person, "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { __typename } }", { input: { name } });
  await ask(person, "mutation($input: CreateWebhookInput!) { createWebhook(input: $input) { __typename } }", {
    input: { name: "商城后台", url: "https://shop.example.com/hooks/fenfa", topics: ["story.published"] },
  });
  const jobs = [
    { name: "夜里提交有变化的", expression: "30 2 * * *", submitChanged: { account, lane: "search" } },
    { name: "每周精选", expression: "0 9 * * 1", digest: { title: "本周精选" } },
    { name: "拉取统计", expression: "0 6 * * *", pullStatistics: {} },
  ];
  for (const input of jobs) {
    const { createRecurringJob } = await ask<{ createRecurringJob: { recurringJob: { id: string } } }>(
      person,
      "mutation($input: CreateRecurringJobInput!) { createRecurringJob(input: $input) { recurringJob { id } } }",
      { input },
    );
    if ("pullStatistics" in input) {
      await ask(person, "mutation($input: RecurringJobInput!) { runRecurringJob(input: $input) { __typename } }", { input: { id: createRecurringJob.recurringJob.id } });
    }
  }
  const { site } = await ask<{ site: { version: number } }>(person, "{ site { version } }");
  const blackouts = [{ from: `${dayFromNow(20)}T00:00`, until: `${dayFromNow(21)}T00:00`, reason: "公祭日" }];
  await ask(person, "mutation($input: UpdateSiteInput!) { updateSite(input: $input) { __typename } }", { input: { baseVersion: site.version, blackouts } });
}

async function statesOf(person: Person): Promise<Map<string, string>> {
  const { deliveries } = await ask<{ deliveries: { nodes: { id: string; state: string }[] } }>(person, "{ deliveries(first: 100) { nodes { id state } } }");
  return new Map(deliveries.nodes.map(({ id, state }) => [state, id]));
}

async function control(demo: Demo, path: string, command: object): Promise<void> {
  const response = await fetch(`${demo.control}/${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(command) });
  if (!response.ok) throw new Error(`the simulator refused: ${await response.text()}`);
}

/** A day on the wall in Shanghai. */
export function dayFromNow(days: number): string {
  return new Date(Date.now() + (days * 24 + 8) * 3_600_000).toISOString().slice(0, 10);
}
