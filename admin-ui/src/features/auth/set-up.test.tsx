import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer, refuse } from "@/testing/server";

async function fill(app: ReturnType<typeof renderApp>) {
  await app.user.type(await screen.findByLabelText(/站点名称/), "茶山");
  await app.user.type(screen.getByLabelText(/你的名字/), "王编辑");
  await app.user.type(screen.getByLabelText(/邮箱/), "wang@example.com");
  await app.user.type(screen.getByLabelText(/密码/, { selector: "input" }), "a long password");
  await app.user.click(screen.getByRole("button", { name: "开始使用" }));
}

test("a fresh server leads everybody to the set-up, and one that is set up to the login", async () => {
  answer("Viewer", { viewer: null });
  answer("NeedsSetUp", { needsSetUp: true });
  const fresh = renderApp("/stories");
  expect(await screen.findByRole("heading", { name: "初次设置" })).toBeVisible();
  expect(fresh.router.state.location.pathname).toBe("/setup");

  answer("NeedsSetUp", { needsSetUp: false });
  const used = renderApp("/setup");
  await waitFor(() => {
    expect(used.router.state.location.pathname).toBe("/login");
  });
});

test("the code comes along in the address, and the next step is a channel", async () => {
  answer("NeedsSetUp", { needsSetUp: true });
  answer("Connected", { accounts: [] });
  answer("Channels", { channels: [{ id: "mail", name: { zh: "邮筒", en: "Post" }, lanes: [], fields: [], pictures: [] }] });
  const calls = answer("SetUp", { setUp: { user: { name: "王编辑" } } });
  await fill(renderApp("/setup#a-code"));

  expect(await screen.findByRole("link", { name: "邮筒" })).toHaveAttribute("href", "/admin/channels/connect/mail");
  expect(calls).toMatchObject([
    { input: { setUpCode: "a-code", siteName: "茶山", name: "王编辑", email: "wang@example.com", password: "a long password" } },
  ]);
});

test("a wrong code is asked for again in place", async () => {
  answer("NeedsSetUp", { needsSetUp: true });
  refuse("SetUp", "INVALID_INPUT", "wrong", undefined, "input.setUpCode");
  await fill(renderApp("/setup#stale"));

  expect(await screen.findByLabelText(/设置码/)).toHaveAccessibleDescription(/不是这台服务器的设置码/);
});
