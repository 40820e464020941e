import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer, refuse } from "@/testing/server";

async function signIn(path: string) {
  const app = renderApp(path);
  await app.user.type(await screen.findByLabelText(/邮箱/), "wang@example.com");
  await app.user.type(screen.getByLabelText(/密码/, { selector: "input" }), "a long password");
  await app.user.click(screen.getByRole("button", { name: "登录" }));
  return app;
}

test("who is not signed in comes to the login page and then to the page that was asked for", async () => {
  answer("Viewer", { viewer: null });
  const { router } = renderApp("/media?q=tea");

  expect(await screen.findByRole("heading", { name: "登录分发" })).toBeVisible();
  expect(router.state.location.search).toEqual({ next: "/media?q=tea" });
});

test("a wrong password is said in place", async () => {
  refuse("SignIn", "UNAUTHENTICATED", "wrong");
  await signIn("/login");

  expect(await screen.findByRole("alert")).toHaveTextContent("邮箱或密码不对");
});

test("signing in leads to the page that was asked for", async () => {
  const calls = answer("SignIn", { signIn: { user: { name: "王编辑" } } });
  answer("Assets", { assets: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } });
  const { router } = await signIn("/login?next=%2Fmedia");

  await waitFor(() => {
    expect(router.state.location.pathname).toBe("/media");
  });
  expect(calls).toEqual([{ input: { email: "wang@example.com", password: "a long password" } }]);
});

test("an address of another site is no place to go to", async () => {
  answer("SignIn", { signIn: { user: { name: "王编辑" } } });
  const { router } = await signIn("/login?next=%2F%2Fevil.example");

  await waitFor(() => {
    expect(router.state.location.pathname).toBe("/");
  });
});
