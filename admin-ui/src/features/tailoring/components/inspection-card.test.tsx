import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderPart } from "@/testing/render";
import { answer, refuse } from "@/testing/server";

import { ChannelTab } from "./channel-tab";

const SOURCE = { kind: "STORY", id: "s1" } as const;
const CHANNEL = { id: "tea", inspects: true, name: { zh: "茶网", en: "Tea" }, lanes: [], fields: [], pictures: [] };
const VARIANT = { channel: "tea", version: 0, fields: [], pictures: [], findings: [], inspection: null };

test("the platform is asked what it thinks, and what it objects to is shown with the checks", async () => {
  answer("Channels", { channels: [CHANNEL] });
  answer("Variant", { variant: VARIANT });
  answer("ChannelLinks", { channel: { appLinks: [] }, accounts: [], appLinks: [] });
  const inspection = { opinion: "BLOCK", objections: ["广告（秘方）"], awaited: [], unchecked: [], at: "2026-03-01T00:00:00Z" };
  const finding = { code: "INSPECT-01", severity: "ERROR", field: "body", lanes: [], reason: "茶网内容检测不通过。", cure: "修改后重新检测。", source: "" };
  const calls = answer("InspectVariant", { inspectVariant: { variant: { ...VARIANT, inspection, findings: [finding] } } });
  const { user } = renderPart(<ChannelTab source={SOURCE} channel="tea" />);

  await user.click(await screen.findByRole("button", { name: "检测" }));

  expect(await screen.findByText(/不通过: 广告（秘方）/)).toBeVisible();
  expect(screen.getByText("茶网内容检测不通过。")).toBeVisible();
  expect(calls).toEqual([{ input: { source: SOURCE, channel: "tea" } }]);
  expect(screen.queryByRole("button", { name: "检测" })).toBeNull();
});

test("why there is no opinion is told, and it can be asked for again", async () => {
  answer("Channels", { channels: [CHANNEL] });
  answer("Variant", { variant: VARIANT });
  answer("ChannelLinks", { channel: { appLinks: [] }, accounts: [], appLinks: [] });
  refuse("InspectVariant", "FAILED_PRECONDITION", "审核人最近两小时没有打开过小程序");
  const { user } = renderPart(<ChannelTab source={SOURCE} channel="tea" />);

  await user.click(await screen.findByRole("button", { name: "检测" }));

  expect(await screen.findByText("审核人最近两小时没有打开过小程序")).toBeVisible();
  expect(screen.getByRole("button", { name: "检测" })).toBeEnabled();
});

test("what the platform has not looked at is told, and asked about again", async () => {
  answer("Channels", { channels: [CHANNEL] });
  answer("ChannelLinks", { channel: { appLinks: [] }, accounts: [], appLinks: [] });
  const at = "2026-03-01T00:00:00Z";
  const silent = { opinion: "UNCHECKED", objections: [], awaited: [], unchecked: ["图片 2"], at };
  answer("Variant", { variant: { ...VARIANT, inspection: silent } });
  const waiting = { opinion: "AWAITED", objections: [], awaited: ["图片 1", "图片 2"], unchecked: [], at };
  answer("InspectVariant", { inspectVariant: { variant: { ...VARIANT, inspection: waiting } } });
  const { user } = renderPart(<ChannelTab source={SOURCE} channel="tea" />);
  expect(await screen.findByText("没有检测：图片 2")).toBeVisible();
  expect(screen.queryByText("没有发现问题")).toBeNull();

  await user.click(await screen.findByRole("button", { name: "重新检测" }));

  expect(await screen.findByText("等待结果：图片 1、图片 2")).toBeVisible();
  expect(screen.queryByRole("button", { name: "重新检测" })).toBeNull();
});
