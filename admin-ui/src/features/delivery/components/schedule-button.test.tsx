import { cleanup, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderPart } from "@/testing/render";
import { answer, refuse } from "@/testing/server";

import { ScheduleButton } from "./schedule-button";

const SOURCE = { kind: "STORY", id: "s1" } as const;

function lane(id: string, zh: string) {
  return { id, takes: ["STORY"], showsResult: false, name: { zh, en: id }, quotas: [] };
}

function variant(findings: object[]) {
  return { variant: { channel: "baidu", version: 0, contentHash: "seen", fields: [], pictures: [], findings } };
}

const NO_PICTURE = {
  code: "BD-I01",
  severity: "ERROR",
  field: "pictures",
  lanes: ["feed"],
  reason: "信息流物料至少要有一张图片。",
  cure: "上传一张图片。",
  source: "",
};

function earlier(state: string, dueAt: string, part: object = {}) {
  return { id: "d0", sourceId: "s1", title: "清蒸鲈鱼", lane: "search", state, dueAt, withdrawnAt: null, account: { id: "a1" }, ...part };
}

const UNKNOWN = { sampleSize: 3, needed: 20, best: null };

function prepare({ findings = [], nearby = [], best = UNKNOWN, blackouts = [], needsApproval = false, lanes = [], more = [] }: { findings?: object[]; nearby?: object[]; best?: object; blackouts?: object[]; needsApproval?: boolean; lanes?: object[]; more?: object[] } = {}) {
  const channel = { id: "baidu", name: { zh: "百度", en: "Baidu" }, lanes: [lane("search", "搜索收录"), lane("feed", "信息流物料")], fields: [], pictures: [] };
  answer("Channels", { channels: [channel] });
  answer("ScheduleAccounts", { accounts: [{ id: "a1", name: "品牌号", status: "ACTIVE", lanes, channel: { id: "baidu" } }, ...more] });
  answer("Variant", variant(findings));
  answer("ScheduleNearby", { deliveries: { nodes: nearby } });
  answer("AccountOutlook", { accountOutlook: [{ lane: "search", quotas: [{ name: "search_daily", allowed: 2, taken: 1, planned: 1, isExceeded: false, resetsAt: "2026-03-04T16:00:00Z" }] }] });
  answer("NextFreeSlot", { nextFreeSlot: "2026-03-04T01:30:00Z" });
  answer("BestTime", { bestTime: best });
  answer("Site", { site: { name: "茶山", zone: "Asia/Shanghai", needsApproval, blackouts } });
  answer("MissedRule", { missedRule: { policy: "CATCH_UP", windowMinutes: 120 } });
  return renderPart(<ScheduleButton source={SOURCE} title="清蒸鲈鱼" isPublished isDisabled={false} />);
}

async function open(user: ReturnType<typeof prepare>["user"]) {
  await user.click(screen.getByRole("button", { name: "审批并排期" }));
  return screen.findByRole("checkbox", { name: "品牌号 · 搜索收录" });
}

test("a lane that the account may not use cannot be chosen and says why; one that was never checked can", async () => {
  const lanes = [
    { lane: "search", standing: "BARRED", reason: "没有填写小程序的 App Key" },
    { lane: "feed", standing: "UNCHECKED", reason: null },
  ];
  const { user } = prepare({ lanes });

  const search = await open(user);
  const feed = screen.getByRole("checkbox", { name: "品牌号 · 信息流物料" });
  await waitFor(() => {
    expect(feed).toBeChecked();
  });

  expect(search).toBeDisabled();
  expect(search).toHaveAccessibleDescription(/这个账号不能用这一项： 没有填写小程序的 App Key/);
  expect(screen.getByRole("link", { name: "去看账号" })).toHaveAttribute("href", "/admin/channels/a1");
});

test("an account that was parted with is no destination", async () => {
  const parted = { id: "a2", name: "旧号", status: "DISCONNECTED", lanes: [], channel: { id: "baidu" } };
  const { user } = prepare({ more: [parted] });

  await open(user);

  expect(screen.queryByRole("checkbox", { name: /旧号/ })).toBeNull();
});

test("one lane of an account is chosen, the first that is ready, and goes out now", async () => {
  const calls = answer("ScheduleDelivery", { scheduleDelivery: { delivery: { id: "d1" } } });
  const { user } = prepare();

  const search = await open(user);
  await waitFor(() => {
    expect(search).toBeChecked();
  });
  expect(screen.getByRole("checkbox", { name: "品牌号 · 信息流物料" })).not.toBeChecked();
  await user.click(screen.getByText("现在发"));
  await user.click(screen.getByRole("button", { name: "现在发送 1 条" }));

  await waitFor(() => {
    expect(calls).toEqual([{ input: { source: SOURCE, account: "a1", lane: "search", at: null } }]);
  });
});

test("lanes go out together, or one at a time of its own", async () => {
  const calls = answer("ScheduleDelivery", { scheduleDelivery: { delivery: { id: "d1" } } });
  const { user } = prepare();

  const search = await open(user);
  await waitFor(() => {
    expect(search).toBeChecked();
  });
  await user.click(screen.getByRole("checkbox", { name: "品牌号 · 信息流物料" }));
  await user.click(screen.getByText("现在发"));
  await user.click(screen.getByRole("button", { name: "给「品牌号 · 信息流物料」另定时间" }));
  expect(screen.getByText(/^将现在 发 1 条，.* 发 1 条。/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "现在发送 2 条" }));

  await waitFor(() => {
    expect(calls).toHaveLength(2);
  });
  expect(calls[0]).toMatchObject({ input: { lane: "search", at: null } });
  expect(calls[1]).toMatchObject({ input: { lane: "feed", at: { zone: "Asia/Shanghai" } } });
});

test("a lane with an error cannot be chosen and says what to mend", async () => {
  const { user } = prepare({ findings: [NO_PICTURE] });

  const search = await open(user);

  await waitFor(() => {
    expect(screen.getByRole("checkbox", { name: "品牌号 · 信息流物料" })).toBeDisabled();
  });
  expect(screen.getByText(/至少要有一张图片/)).toBeVisible();
  expect(search).toBeEnabled();
});

test("what is on its way already is not chosen again, and a full allowance is told", async () => {
  const { user } = prepare({ nearby: [earlier("SCHEDULED", "2026-03-04T00:00:00Z")] });

  const search = await open(user);

  expect(await screen.findByText(/这里已有一条（已排期/)).toBeVisible();
  expect(search).not.toBeChecked();
  expect(screen.getByRole("button", { name: "排期 0 条" })).toBeDisabled();
  expect(await screen.findByText(/天级额度已排满/)).toBeVisible();
});

test("what else goes out at nearly the same time is named", async () => {
  const soon = new Date(Date.now() + 65 * 60_000).toISOString();
  const { user } = prepare({ nearby: [earlier("SCHEDULED", soon, { sourceId: "s9", title: "露营清单", lane: "website" })] });

  await open(user);

  expect((await screen.findAllByText(/这个账号要发「露营清单」，相隔不到 30 分钟/)).length).toBeGreaterThan(0);
});

test("a time that the site keeps silent for is warned of before it is planned", async () => {
  const { user } = prepare({ blackouts: [{ from: "2020-01-01T00:00", until: "2099-01-01T00:00", reason: "公祭日" }] });

  await open(user);

  expect((await screen.findAllByText(/在静默期里（公祭日，到 2099-01-01 00:00）/)).length).toBeGreaterThan(0);
  expect(screen.getByRole("button", { name: /^排期 1 条/ })).toBeEnabled();
});

test("where an approval is needed, what was seen is approved before it is planned", async () => {
  const approved = answer("ApproveVariant", { approveVariant: { approval: { id: "p1" } } });
  const planned = answer("ScheduleDelivery", { scheduleDelivery: { delivery: { id: "d1" } } });
  const { user } = prepare({ needsApproval: true });

  const search = await open(user);
  await waitFor(() => {
    expect(search).toBeChecked();
  });
  expect(await screen.findByRole("checkbox", { name: /审批这 1 个渠道现在的版本/ })).toBeChecked();
  await user.click(screen.getByText("现在发"));
  await user.click(screen.getByRole("button", { name: "现在发送 1 条" }));

  await waitFor(() => {
    expect(planned).toHaveLength(1);
  });
  expect(approved).toEqual([{ input: { source: SOURCE, channel: "baidu", contentHash: "seen" } }]);
});

test("what the server refuses stays chosen, with the reason", async () => {
  refuse("ScheduleDelivery", "CONFLICT", "this content already goes, or went, to this account on this lane");
  const { user } = prepare();

  const search = await open(user);
  await waitFor(() => {
    expect(search).toBeChecked();
  });
  expect(screen.getByRole("checkbox", { name: "品牌号 · 信息流物料" })).not.toBeChecked();
  await user.click(screen.getByText("现在发"));
  await user.click(screen.getByRole("button", { name: "现在发送 1 条" }));

  expect(await screen.findByText("这份内容已经发往这里，不用再发。")).toBeVisible();
  expect(search).toBeChecked();
});

test("the next free slot is one click away, and what becomes of a missed time is decided before it is planned", async () => {
  const calls = answer("ScheduleDelivery", { scheduleDelivery: { delivery: { id: "d1" } } });
  const rules = answer("SetMissedRule", { setMissedRule: { rule: { policy: "SKIP" } } });
  const { user } = prepare();

  const search = await open(user);
  await waitFor(() => {
    expect(search).toBeChecked();
  });
  await user.click(await screen.findByRole("button", { name: /^下一个空档：3月4日/ }));
  expect(screen.getByRole("button", { name: /^时间/ })).toHaveTextContent("2026年3月4日 周三 09:30");
  await user.click(screen.getByRole("combobox", { name: "错过时间时" }));
  await user.click(screen.getByRole("option", { name: "不补发" }));
  await user.click(screen.getByText("现在发"));
  await user.click(screen.getByRole("button", { name: "现在发送 1 条" }));

  await waitFor(() => {
    expect(calls).toHaveLength(1);
  });
  expect(rules).toEqual([{ input: { source: SOURCE, policy: "SKIP", windowMinutes: 120 } }]);
});

test("the best hour comes with its sample, and too small a one is called that", async () => {
  const { user } = prepare();
  await open(user);
  expect(await screen.findByText("品牌号：只有 3 条有浏览数，满 20 条才看得出来。")).toBeInTheDocument();

  cleanup();
  const best = { hour: 20, sampleSize: 6, views: 3200, usualViews: 1000 };
  await open(prepare({ best: { sampleSize: 42, needed: 20, best } }).user);
  expect(await screen.findByText("品牌号：20–21 点发的，浏览中位数 3,200（6 条），全部 42 条是 1,000。")).toBeInTheDocument();
});
