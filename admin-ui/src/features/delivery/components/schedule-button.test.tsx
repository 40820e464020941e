import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderPart } from "@/testing/render";
import { answer, refuse } from "@/testing/server";

import { ScheduleButton } from "./schedule-button";

const SOURCE = { kind: "STORY", id: "s1" } as const;

function lane(id: string, zh: string) {
  return { id, takes: ["STORY"], showsResult: false, name: { zh, en: id }, quotas: [] };
}

function variant(findings: object[]) {
  return { variant: { channel: "baidu", version: 0, fields: [], pictures: [], findings } };
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

function prepare(findings: object[]) {
  const channel = { id: "baidu", name: { zh: "百度", en: "Baidu" }, lanes: [lane("search", "搜索收录"), lane("feed", "信息流物料")], fields: [], pictures: [] };
  answer("Channels", { channels: [channel] });
  answer("ScheduleAccounts", { accounts: [{ id: "a1", name: "品牌号", status: "ACTIVE", channel: { id: "baidu" } }] });
  answer("Variant", variant(findings));
  return renderPart(<ScheduleButton source={SOURCE} title="清蒸鲈鱼" isPublished isDisabled={false} />);
}

test("what is chosen goes out now, once for each lane", async () => {
  const calls = answer("ScheduleDelivery", { scheduleDelivery: { delivery: { id: "d1" } } });
  const { user } = prepare([]);

  await user.click(screen.getByRole("button", { name: "审批并排期" }));
  await user.click(await screen.findByRole("checkbox", { name: "品牌号 · 搜索收录" }));
  await user.click(screen.getByText("现在发"));
  await user.click(screen.getByRole("button", { name: "现在发送" }));

  await waitFor(() => {
    expect(calls).toEqual([{ input: { source: SOURCE, account: "a1", lane: "search", at: null } }]);
  });
});

test("a lane with an error cannot be chosen and says what to mend", async () => {
  const { user } = prepare([NO_PICTURE]);

  await user.click(screen.getByRole("button", { name: "审批并排期" }));

  await waitFor(async () => {
    expect(await screen.findByRole("checkbox", { name: "品牌号 · 信息流物料" })).toBeDisabled();
  });
  expect(screen.getByText(/至少要有一张图片/)).toBeVisible();
  expect(screen.getByRole("checkbox", { name: "品牌号 · 搜索收录" })).toBeEnabled();
});

test("what the server refuses stays chosen, with the reason", async () => {
  refuse("ScheduleDelivery", "CONFLICT", "the same content is on its way already");
  const { user } = prepare([]);

  await user.click(screen.getByRole("button", { name: "审批并排期" }));
  await user.click(await screen.findByRole("checkbox", { name: "品牌号 · 搜索收录" }));
  await user.click(screen.getByText("现在发"));
  await user.click(screen.getByRole("button", { name: "现在发送" }));

  expect(await screen.findByText(/on its way already/)).toBeVisible();
  expect(screen.getByRole("checkbox", { name: "品牌号 · 搜索收录" })).toBeChecked();
});
