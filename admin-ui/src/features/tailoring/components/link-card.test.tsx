import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderPart } from "@/testing/render";
import { answer, refuse } from "@/testing/server";

import { LinkCard } from "./link-card";

const SOURCE = { kind: "STORY", id: "s1" } as const;
const PICTURE = "data:image/png;base64,iVBORw0KGgo=";
const kind = (id: string, days: number | null = null) => ({ id, days, name: { zh: id, en: id }, help: { zh: `用${id}打开`, en: id } });
const account = (id: string, channel = "tea", status = "ACTIVE") => ({ id, name: `号${id}`, status, channel: { id: channel } });
const link = (of: string, more: object = {}) => ({
  accountId: "a1",
  kind: of,
  address: `tea://${of}`,
  picture: PICTURE,
  endsAt: null,
  isOver: false,
  madeAt: "2026-03-01T00:00:00Z",
  ...more,
});

test("a link is made at a click and shown to be scanned, copied and saved", async () => {
  answer("ChannelLinks", { channel: { appLinks: [kind("网页链接", 30)] }, accounts: [account("a1")], appLinks: [] });
  const made = link("网页链接", { endsAt: "2026-03-31T00:00:00Z" });
  const calls = answer("MakeAppLink", { makeAppLink: { appLink: made } });
  const { user } = renderPart(<LinkCard source={SOURCE} channel="tea" />);

  await user.click(await screen.findByRole("button", { name: "生成网页链接" }));

  const dialog = await screen.findByRole("dialog", { name: "网页链接" });
  expect(calls).toEqual([{ input: { source: SOURCE, accountId: "a1", kind: "网页链接", anew: false } }]);
  expect(within(dialog).getByText("tea://网页链接")).toBeVisible();
  expect(within(dialog).getByRole("img", { name: /用手机扫/ })).toHaveAttribute("src", PICTURE);
  expect(within(dialog).getByRole("link", { name: "保存图片" })).toHaveAttribute("download", "网页链接.png");
  await user.click(within(dialog).getByRole("button", { name: "重新生成" }));
  expect(calls[1]).toMatchObject({ input: { anew: true } });
});

test("a link that ended is made anew, one that lasts is not", async () => {
  answer("ChannelLinks", {
    channel: { appLinks: [kind("旧链接", 30), kind("长期码")] },
    accounts: [account("a1")],
    appLinks: [link("旧链接", { isOver: true }), link("长期码", { address: null })],
  });
  const { user } = renderPart(<LinkCard source={SOURCE} channel="tea" />);

  expect(await screen.findByText("已失效，请重新生成")).toBeVisible();
  expect(await screen.findByRole("button", { name: "生成旧链接" })).toBeEnabled();
  await user.click(screen.getByRole("button", { name: "查看长期码" }));
  const dialog = await screen.findByRole("dialog", { name: "长期码" });
  expect(within(dialog).queryByRole("button", { name: "重新生成" })).toBeNull();
  expect(within(dialog).queryByRole("button", { name: "复制链接" })).toBeNull();
});

test("why there is no link is told, and it can be tried again", async () => {
  answer("ChannelLinks", { channel: { appLinks: [kind("小程序码")] }, accounts: [account("a1")], appLinks: [] });
  refuse("MakeAppLink", "FAILED_PRECONDITION", "小程序还没有发布");
  const { user } = renderPart(<LinkCard source={SOURCE} channel="tea" />);

  await user.click(await screen.findByRole("button", { name: "生成小程序码" }));

  expect(await screen.findByText("小程序还没有发布")).toBeVisible();
  expect(screen.getByRole("button", { name: "生成小程序码" })).toBeEnabled();
});

test("each account has links of its own, and partners' apps unfold", async () => {
  const kinds = ["一", "二", "三", "四", "五", "六", "七"].map((id) => kind(id));
  answer("ChannelLinks", {
    channel: { appLinks: kinds },
    accounts: [account("a1"), account("a2"), account("b1", "other"), account("a3", "tea", "SUSPENDED"), account("a4", "tea", "DISCONNECTED")],
    appLinks: [link("一")],
  });
  const { user } = renderPart(<LinkCard source={SOURCE} channel="tea" />);

  expect(await screen.findByRole("button", { name: "查看一" })).toBeVisible();
  expect(screen.queryByText("六")).toBeNull();
  await user.click(screen.getByRole("button", { name: "全部 7 个" }));
  expect(screen.getByText("七")).toBeVisible();

  await user.click(screen.getByRole("combobox", { name: "用哪个账号" }));
  expect(screen.queryByRole("option", { name: "号b1" })).toBeNull();
  expect(screen.queryByRole("option", { name: "号a3" })).toBeNull();
  expect(screen.queryByRole("option", { name: "号a4" })).toBeNull();
  await user.click(await screen.findByRole("option", { name: "号a2" }));
  expect(await screen.findByRole("button", { name: "生成一" })).toBeVisible();
});

test("without an account the way to one is shown", async () => {
  answer("ChannelLinks", { channel: { appLinks: [kind("小程序码")] }, accounts: [], appLinks: [] });
  renderPart(<LinkCard source={SOURCE} channel="tea" />);

  expect(await screen.findByText(/先连接这个渠道的账号/)).toBeVisible();
});
