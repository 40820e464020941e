import { screen, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import { renderApp } from "@/testing/render";
import { answer, refuse } from "@/testing/server";

import { isTaken, rightPlace } from "./sign-in";

const HERE = window.location.origin;
const ACCOUNT = {
  id: "a1",
  name: "茶山",
  externalId: "open-a",
  externalName: "茶山官方",
  hookUrl: null,
  status: "ACTIVE",
  statusNote: null,
  tokenExpiresAt: null,
  grantExpiresAt: null,
  isGrantEnding: false,
  checkedAt: null,
  createdAt: "2026-03-01T00:00:00Z",
  version: 3,
  settings: [{ name: "key", value: "k1" }],
  lanes: [
    { lane: "post", standing: "USABLE", reason: null },
    { lane: "live", standing: "BARRED", reason: "应用没有这项能力" },
  ],
  channel: { id: "tea" },
};

function withChannel(redirectUrl = `${HERE}/oauth/tea/callback`) {
  const lane = (id: string, zh: string) => ({ id, takes: ["STORY"], showsResult: true, name: { zh, en: id }, quotas: [] });
  const lanes = [lane("post", "发布"), lane("live", "直播")];
  answer("Channels", { channels: [{ id: "tea", name: { zh: "茶网", en: "Tea" }, lanes, fields: [], pictures: [] }] });
  const field = (name: string, zh: string, secret: boolean) => ({
    ...{ name, secret, options: [], required: true, default: null, label: { zh, en: name }, help: { zh: `${zh}在后台里`, en: name } },
  });
  answer("ConnectForms", { channels: [{ id: "tea", redirectUrl, accountFields: [field("key", "应用", false), field("secret", "应用密钥", true)] }] });
  answer("Stopped", { pauses: [], breakers: [] });
  answer("Removals", { removals: null });
  answer("AccountOutlook", { accountOutlook: [] });
}

function cameBack(outcome: string | null, more: object = {}) {
  answer("AccountSignIn", { accountSignIn: { id: "s1", outcome, message: null, externalId: "open-a", externalName: "茶山官方", ...more } });
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a person is led to the platform's page, and what must be registered there stands on the page", async () => {
  withChannel();
  answer("Account", { account: ACCOUNT });
  const calls = answer("StartAccountSignIn", { startAccountSignIn: { address: "https://tea.example.com/agree" } });
  const assign = vi.fn();
  vi.stubGlobal("location", { ...window.location, origin: HERE, pathname: "/admin/channels/a1", assign });
  const { user } = renderApp("/channels/a1");

  expect(await screen.findByText(`${HERE}/oauth/tea/callback`)).toBeVisible();
  await user.click(await screen.findByRole("button", { name: "重新授权茶网" }));

  await expect.poll(() => assign.mock.calls).toEqual([["https://tea.example.com/agree"]]);
  expect(calls).toEqual([{ input: { accountId: "a1" } }]);
});

test("where the way back would find nobody signed in, the right address is shown in the place of the button", async () => {
  withChannel("https://cms.example.com/oauth/tea/callback");
  answer("Account", { account: ACCOUNT });
  renderApp("/channels/a1");

  const link = await screen.findByRole("link", { name: /^https:\/\/cms\.example\.com\// });

  expect(link).toHaveAttribute("href", expect.stringMatching(/^https:\/\/cms\.example\.com\//));
  expect(screen.queryByRole("button", { name: /授权茶网/ })).toBeNull();
});

test("a platform that cannot be asked where to go says so in place", async () => {
  withChannel();
  answer("Account", { account: ACCOUNT });
  refuse("StartAccountSignIn", "FAILED_PRECONDITION", "没有填写应用的 Client Key");
  const { user } = renderApp("/channels/a1");

  await user.click(await screen.findByRole("button", { name: "重新授权茶网" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("没有填写应用的 Client Key");
});

test.each([
  ["DONE", "已授权：茶山官方 (open-a)", "status"],
  ["DENIED", "没有授权", "alert"],
  ["REFUSED", "茶网没有给授权", "alert"],
  ["UNREACHABLE", "没有连上茶网", "alert"],
  [null, "授权没有完成", "alert"],
])("who comes back with %s reads what came of it, and it goes away when it was read", async (outcome, title, role) => {
  withChannel();
  answer("Account", { account: ACCOUNT });
  cameBack(outcome, { message: "平台的话" });
  const { user } = renderApp("/channels/a1?signIn=s1");

  const told = await screen.findByText(title);
  expect(told.closest(`[role=${role}]`)).toHaveTextContent("平台的话");
  await user.click(screen.getByRole("button", { name: "关闭" }));

  await expect.poll(() => screen.queryByText(title)).toBeNull();
});

test("somebody else than before takes the account over only when the person says so", async () => {
  withChannel();
  answer("Account", { account: ACCOUNT });
  cameBack("OTHER_USER", { externalId: "open-b", externalName: "另一个" });
  const signIn = { id: "s1", outcome: "DONE", message: "可以直接发布。", externalId: "open-b", externalName: "另一个" };
  const calls = answer("ConfirmAccountSignIn", { confirmAccountSignIn: { signIn } });
  const { user } = renderApp("/channels/a1?signIn=s1");

  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("这次登录的是另一个账号：另一个 (open-b)");
  expect(alert).toHaveTextContent("之前是茶山官方 (open-a)");
  await user.click(within(alert).getByRole("button", { name: "换成另一个 (open-b)" }));

  expect(await screen.findByText("已授权：另一个 (open-b)")).toBeVisible();
  expect(calls).toEqual([{ input: { id: "s1" } }]);
});

test("a way back that leads nowhere says why and where to go on", async () => {
  withChannel();
  renderApp("/channels/sign-in?why=expired&account=a1");

  expect(await screen.findByText(/超过了 10 分钟/)).toBeVisible();
  expect(screen.getByRole("link", { name: "回到账号" })).toHaveAttribute("href", "/admin/channels/a1");
});

test("what the account may do is listed with the reason why not", async () => {
  withChannel();
  answer("Account", { account: ACCOUNT });
  renderApp("/channels/a1");

  expect(await screen.findByText("发布：可以用")).toBeVisible();
  expect(screen.getByText("直播：不能用")).toBeVisible();
  expect(screen.getByText("应用没有这项能力")).toBeVisible();
});

test("parting with an account says what becomes of its deliveries, and its name must be typed", async () => {
  withChannel();
  answer("Account", { account: ACCOUNT });
  answer("DisconnectionOutlook", { disconnectionOutlook: { cancelledCount: 3, unclearCount: 1, liveCount: 12 } });
  const calls = answer("DisconnectAccount", { disconnectAccount: { account: { id: "a1" } } });
  const { user } = renderApp("/channels/a1");

  await user.click(await screen.findByRole("button", { name: "断开账号" }));
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText("排好但还没发的 3 条会取消。")).toBeVisible();
  expect(within(dialog).getByText(/1 条正在发或等结果/)).toBeVisible();
  expect(within(dialog).getByText(/已发布的 12 条留在茶网/)).toBeVisible();
  const button = within(dialog).getByRole("button", { name: "断开并取消 3 条" });
  expect(button).toBeDisabled();
  await user.type(within(dialog).getByRole("textbox"), "茶山");
  await user.keyboard("{Enter}");

  await expect.poll(() => calls).toEqual([{ input: { id: "a1" } }]);
});

test("an account that was parted with is read, and connected again with new secrets", async () => {
  withChannel();
  answer("Account", { account: { ...ACCOUNT, status: "DISCONNECTED", lanes: [] } });
  const calls = answer("ReconnectAccount", { reconnectAccount: { account: { id: "a1" } } });
  const { user } = renderApp("/channels/a1");

  expect(await screen.findByText(/已断开，密钥已清除/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "断开账号" })).toBeNull();
  await user.type(await screen.findByLabelText(/应用密钥/, { selector: "input" }), "s2");
  await user.click(screen.getByRole("button", { name: "重新接入" }));

  await expect.poll(() => calls).toEqual([
    { input: { id: "a1", baseVersion: 3, settings: [{ name: "key", value: "k1" }], credentials: [{ name: "secret", value: "s2" }] } },
  ]);
});

test("the way back is found at the registered origin alone, and platforms take https or this machine", () => {
  const here = { origin: "https://a.example.com", pathname: "/admin/channels/1" } as Location;

  expect(rightPlace("https://a.example.com/oauth/tea/callback", here)).toBeUndefined();
  expect(rightPlace("https://b.example.com/oauth/tea/callback", here)).toBe("https://b.example.com/admin/channels/1");
  expect(isTaken("https://b.example.com/x")).toBe(true);
  expect(isTaken("http://127.0.0.1:7380/x")).toBe(true);
  expect(isTaken("http://b.example.com/x")).toBe(false);
});
