import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer, refuse } from "@/testing/server";

const ACCOUNT = {
  id: "a1",
  name: "茶山",
  externalId: null,
  externalName: null,
  hookUrl: "https://cms.example.com/hooks/tea/a1",
  status: "ACTIVE",
  statusNote: "一切正常",
  tokenExpiresAt: null,
  grantExpiresAt: null,
  isGrantEnding: false,
  checkedAt: null,
  createdAt: "2026-03-01T00:00:00Z",
  version: 3,
  settings: [
    { name: "site", value: "https://tea.example.com" },
    { name: "quota.push", value: "40" },
  ],
  lanes: [{ lane: "web", standing: "USABLE", reason: null }],
  channel: { id: "tea" },
};

const field = (name: string, zh: string, secret: boolean, multiline = false) => ({
  name,
  secret,
  multiline,
  options: [] as { value: string; label: { zh: string; en: string } }[],
  required: !multiline,
  default: null as string | null,
  label: { zh, en: name },
  help: { zh: `${zh}在后台里`, en: name },
});

function withChannel(redirectUrl: string | null = null) {
  const lane = { id: "web", takes: ["STORY"], showsResult: true, name: { zh: "网站", en: "Website" }, quotas: [] };
  answer("Channels", { channels: [{ id: "tea", name: { zh: "茶网", en: "Tea" }, lanes: [lane], fields: [], pictures: [] }] });
  answer("ConnectForms", { channels: [{ id: "tea", redirectUrl, accountFields: [field("site", "站点", false), field("token", "推送密钥", true)] }] });
  answer("Stopped", { pauses: [], breakers: [] });
  answer("Removals", { removals: null });
  answer("AccountOutlook", {
    accountOutlook: [
      {
        lane: "web",
        quotas: [{ name: "push", allowed: 40, taken: 3, planned: 2, isExceeded: false, resetsAt: "2026-03-02T16:00:00Z" }],
      },
    ],
  });
}

test("the wizard asks for what the channel declares and then shows the address that the platform calls", async () => {
  withChannel();
  const calls = answer("ConnectAccount", { connectAccount: { account: ACCOUNT } });
  const { user } = renderApp("/channels/connect/tea");

  await user.type(await screen.findByLabelText(/账号名称/), "茶山");
  await user.type(screen.getByLabelText(/站点/), "https://tea.example.com");
  await user.type(screen.getByLabelText(/推送密钥/, { selector: "input" }), "s3cret");
  await user.click(screen.getByRole("button", { name: "接入茶网" }));

  expect(await screen.findByRole("heading", { name: "「茶山」已接入" })).toBeVisible();
  expect(screen.getByText(ACCOUNT.hookUrl)).toBeVisible();
  expect(calls).toEqual([
    {
      input: {
        channel: "tea",
        name: "茶山",
        settings: [{ name: "site", value: "https://tea.example.com" }],
        credentials: [{ name: "token", value: "s3cret" }],
      },
    },
  ]);
});

test("a file's text is pasted with its line breaks", async () => {
  withChannel();
  const fields = [field("site", "站点", false), field("certificate", "证书", false, true)];
  answer("ConnectForms", { channels: [{ id: "tea", redirectUrl: null, accountFields: fields }] });
  const calls = answer("ConnectAccount", { connectAccount: { account: ACCOUNT } });
  const { user } = renderApp("/channels/connect/tea");

  await user.type(await screen.findByLabelText(/账号名称/), "茶山");
  await user.type(screen.getByLabelText(/站点/), "https://tea.example.com");
  await user.click(screen.getByLabelText(/证书/));
  await user.paste("-----BEGIN\nAAAA\n");
  await user.click(screen.getByRole("button", { name: "接入茶网" }));

  await expect.poll(() => calls).toHaveLength(1);
  expect(calls[0]).toMatchObject({ input: { settings: [{ name: "site" }, { name: "certificate", value: "-----BEGIN\nAAAA" }] } });
});

test("a field with a closed list is chosen from, in the words of the page's language", async () => {
  withChannel();
  const kinds = [
    { value: "one", label: { zh: "订阅号", en: "Subscription" } },
    { value: "two", label: { zh: "服务号", en: "Service" } },
  ];
  const kind = { ...field("kind", "账号类型", false), options: kinds, default: "one" };
  answer("ConnectForms", { channels: [{ id: "tea", redirectUrl: null, accountFields: [kind] }] });
  const calls = answer("ConnectAccount", { connectAccount: { account: ACCOUNT } });
  const { user } = renderApp("/channels/connect/tea");

  await user.type(await screen.findByLabelText(/账号名称/), "茶山");
  const input = screen.getByRole("combobox", { name: /账号类型/ });
  expect(input).toHaveValue("订阅号");
  await user.click(input);
  await user.click(await screen.findByRole("option", { name: "服务号" }));
  await user.click(screen.getByRole("button", { name: "接入茶网" }));

  await expect.poll(() => calls).toMatchObject([{ input: { settings: [{ name: "kind", value: "two" }] } }]);
});

test("what is wrong with an input is said beside it, in the language of the page", async () => {
  withChannel();
  answer("ConnectForms", { channels: [{ id: "tea", redirectUrl: null, accountFields: [field("certificate", "证书", false, true)] }] });
  refuse("ConnectAccount", "INVALID_INPUT", "must be a whole number", undefined, "input.settings.certificate");
  const { user } = renderApp("/channels/connect/tea");

  await user.type(await screen.findByLabelText(/账号名称/), "茶山");
  await user.type(screen.getByLabelText(/证书/), "AAAA");
  await user.click(screen.getByRole("button", { name: "接入茶网" }));

  expect(await screen.findByText("请填整数。")).toBeVisible();
  expect(screen.getByLabelText(/证书/)).toBeInvalid();
});

test("a live check is said in a sentence that names what the account may do", async () => {
  withChannel();
  answer("Accounts", { accounts: [ACCOUNT] });
  answer("CheckAccount", { checkAccount: { isUsable: true, message: "站点已验证", lanes: ["web"] } });
  const { user } = renderApp("/channels");

  await user.click(await screen.findByRole("button", { name: "检查" }));

  expect(await screen.findByText("账号可用，能发：网站。")).toBeVisible();
  expect(screen.getByText("站点已验证")).toBeVisible();
  expect(await screen.findByText(/用了 3 \/ 40，还排了 2/)).toBeVisible();
});

test("changing a setting keeps those that the form does not show, and names the version that was changed", async () => {
  withChannel();
  answer("Account", { account: ACCOUNT });
  const calls = answer("UpdateAccount", { updateAccount: { account: ACCOUNT } });
  const { user } = renderApp("/channels/a1");

  const site = await screen.findByLabelText(/站点/);
  await user.clear(site);
  await user.type(site, "https://new.example.com");
  await user.click(screen.getByRole("button", { name: "保存设置" }));

  await screen.findByRole("button", { name: "保存设置" });
  expect(calls).toEqual([
    {
      input: {
        id: "a1",
        baseVersion: 3,
        name: "茶山",
        settings: [
          { name: "site", value: "https://new.example.com" },
          { name: "quota.push", value: "40" },
        ],
      },
    },
  ]);
});

test("who is signed out is asked for new secrets only, and a refusal of the platform stays in the dialog", async () => {
  withChannel();
  answer("Account", { account: { ...ACCOUNT, status: "NEEDS_LOGIN" } });
  refuse("UpdateAccount", "FAILED_PRECONDITION", "the platform does not take them; nothing was changed: 密钥不对（40001）");
  const { user } = renderApp("/channels/a1");

  await user.click(await screen.findByRole("button", { name: "重新登录" }));
  const dialog = await screen.findByRole("dialog");
  const input = within(dialog).getByLabelText(/推送密钥/, { selector: "input" });
  await user.type(input, "fresh");
  await user.click(within(dialog).getByRole("button", { name: "验证并替换" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("密钥不对（40001）");
  expect(input).toHaveValue("fresh");
  const calls = answer("UpdateAccount", { updateAccount: { account: ACCOUNT } });
  await user.click(within(dialog).getByRole("button", { name: "验证并替换" }));

  await expect.poll(() => calls).toEqual([{ input: { id: "a1", baseVersion: 3, credentials: [{ name: "token", value: "fresh" }] } }]);
  await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
});

test("an account that somebody else changed meanwhile is not written over", async () => {
  withChannel();
  answer("Account", { account: ACCOUNT });
  refuse("UpdateAccount", "CONFLICT", "the account is at version 4 by now; load it again");
  const { user } = renderApp("/channels/a1");

  await user.type(await screen.findByLabelText(/账号名称/), "二");
  await user.click(screen.getByRole("button", { name: "保存设置" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("别人刚刚也改了，请重新载入再试。");
});

test("a pause says who may go on, and going on names just what was stopped", async () => {
  withChannel();
  answer("Accounts", { accounts: [] });
  answer("Stopped", {
    pauses: [{ id: "p1", kind: "SOURCE", target: "s1", sourceKind: "VIDEO", note: "等法务", createdAt: "2026-03-01T00:00:00Z" }],
    breakers: [],
  });
  const calls = answer("ResumeDeliveries", { resumeDeliveries: { pauses: [] } });
  const { user } = renderApp("/channels");

  expect(await screen.findByText(/等法务/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "恢复" }));

  await expect.poll(() => calls).toEqual([{ input: { scope: { source: { kind: "VIDEO", id: "s1" } } } }]);
});

test("an account that its platform halted says why", async () => {
  withChannel();
  answer("Account", { account: { ...ACCOUNT, status: "PAUSED" } });
  const note = "百度强制下线了小程序：低质内容";
  const pause = { id: "p1", kind: "ACCOUNT", target: "a1", sourceKind: null, note, createdAt: "2026-03-01T00:00:00Z" };
  answer("Stopped", { pauses: [{ ...pause, id: "p2", target: "a2", note: "别的账号" }, pause], breakers: [] });
  renderApp("/channels/a1");

  expect(await screen.findByText(new RegExp(note))).toBeVisible();
  expect(screen.queryByText(/别的账号/)).toBeNull();
  expect(screen.getByRole("button", { name: "恢复" })).toBeVisible();
});

test("what is removed by hand is made a file, downloaded and ticked off", async () => {
  withChannel();
  answer("Account", { account: ACCOUNT });
  const file = { id: "f1", lineCount: 12, address: "/admin/exports/removals/f1.txt", madeAt: "2026-03-01T00:00:00Z" };
  const help = { zh: "在后台上传，每天一个", en: "Upload it" };
  answer("Removals", { removals: { help, mostLines: 1000, waitingCount: 1003, files: [file] } });
  const made = answer("MakeRemovalFile", { makeRemovalFile: { removalFile: { id: "f2" } } });
  const completed = answer("CompleteRemovalFile", { completeRemovalFile: { removalFile: { id: "f1" } } });
  const { user } = renderApp("/channels/a1");

  expect(await screen.findByText("在后台上传，每天一个")).toBeVisible();
  expect(screen.getByText("还有 1003 条已下线的路径没有导出。")).toBeVisible();
  expect(screen.getByRole("link", { name: "下载" })).toHaveAttribute("href", file.address);
  await user.click(screen.getByRole("button", { name: "导出删除文件（1000 条）" }));
  await expect.poll(() => made).toEqual([{ input: { accountId: "a1" } }]);
  await user.click(screen.getByRole("button", { name: "已上传到平台" }));
  await expect.poll(() => completed).toEqual([{ input: { id: "f1" } }]);
});
