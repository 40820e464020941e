import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer, refuse } from "@/testing/server";

const NONE = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
const FOUND = {
  stories: { nodes: [{ id: "s1", title: "春茶上新", state: "DRAFT" }] },
  videos: { nodes: [] },
  products: { nodes: [{ id: "p1", sku: "CHA-01", name: "明前春茶" }] },
  assets: { nodes: [] },
};

beforeEach(() => {
  answer("Stories", { stories: NONE });
  answer("Products", { products: NONE });
  answer("Media", { assets: NONE });
  answer("Channels", {
    channels: [{ id: "baidu", name: { zh: "百度", en: "Baidu" }, lanes: [], fields: [], pictures: [] }],
  });
});

async function openPalette() {
  const app = renderApp("/stories");
  await screen.findByRole("heading", { name: "故事" });
  await app.user.keyboard("{Control>}k{/Control}");
  return { ...app, field: await screen.findByRole("combobox", { name: "找页面、操作和内容" }) };
}

test("a page is found by its initials and opened by the keyboard alone", async () => {
  const { user, router, field } = await openPalette();
  answer("Find", { stories: { nodes: [] }, videos: { nodes: [] }, products: { nodes: [] }, assets: { nodes: [] } });

  await user.type(field, "sucai");
  await user.keyboard("{Enter}");

  await waitFor(() => {
    expect(router.state.location.pathname).toBe("/media");
  });
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

test("content is found as one types, grouped by what it is", async () => {
  const calls = answer("Find", FOUND);
  const { user, router, field } = await openPalette();

  await user.type(field, "春茶");
  expect(await screen.findByRole("group", { name: "商品" })).toHaveTextContent("明前春茶");
  expect(screen.getByRole("group", { name: "故事" })).toHaveTextContent("春茶上新草稿");
  await user.keyboard("{ArrowDown}{Enter}");

  expect(calls).toEqual([{ q: "春茶" }]);
  await waitFor(() => {
    expect(router.state.location).toMatchObject({ pathname: "/products", search: { q: "CHA-01" } });
  });
});

test("the first entry is chosen at once, and the arrows go round", async () => {
  answer("Find", FOUND);
  const { user, field } = await openPalette();
  const chosen = () => screen.getAllByRole("option", { selected: true }).map((option) => option.textContent);

  expect(chosen()).toEqual(["首页"]);
  await user.type(field, "春茶");
  await screen.findByRole("group", { name: "商品" });
  expect(chosen()).toEqual(["春茶上新草稿"]);
  expect(field).toHaveAttribute("aria-activedescendant", screen.getByRole("option", { selected: true }).id);
  await user.keyboard("{ArrowDown}");
  expect(chosen()).toEqual(["明前春茶CHA-01"]);
  await user.keyboard("{ArrowDown}");
  expect(chosen()).toEqual(["春茶上新草稿"]);
  await user.keyboard("{ArrowUp}");
  expect(chosen()).toEqual(["明前春茶CHA-01"]);
});

test("Enter before anything was found opens the first entry once it is", async () => {
  answer("Story", { story: null });
  answer("Find", FOUND);
  const { user, router, field } = await openPalette();

  await user.type(field, "春茶{Enter}");

  await waitFor(() => {
    expect(router.state.location.pathname).toBe("/stories/s1");
  });
});

test("an Enter that belongs to the input method opens nothing", async () => {
  answer("Find", FOUND);
  const { user, router, field } = await openPalette();
  await user.type(field, "春茶");
  await screen.findByRole("group", { name: "商品" });

  fireEvent.keyDown(field, { key: "Enter", keyCode: 229 });
  fireEvent.keyDown(field, { key: "Enter", isComposing: true });
  expect(screen.getByRole("dialog")).toBeVisible();
  fireEvent.keyDown(field, { key: "Enter", keyCode: 13 });

  await waitFor(() => {
    expect(router.state.location.pathname).toBe("/stories/s1");
  });
});

test("a channel to connect is an action", async () => {
  const { user, field } = await openPalette();
  answer("Find", FOUND);

  await user.type(field, "接入 百度");

  expect(screen.getByRole("group", { name: "操作" })).toHaveTextContent("接入百度账号");
});

test("nothing found, and a search that failed, are said", async () => {
  answer("Find", { stories: { nodes: [] }, videos: { nodes: [] }, products: { nodes: [] }, assets: { nodes: [] } });
  const { user, field } = await openPalette();

  await user.type(field, "火锅");
  expect(await screen.findByText("没有找到「火锅」。")).toBeVisible();

  refuse("Find", "FORBIDDEN", "needs ReadContent");
  await user.type(field, "底料");
  expect(await screen.findByText("needs ReadContent")).toBeVisible();
});

test("Escape closes it", async () => {
  const { user } = await openPalette();

  await user.keyboard("{Escape}");

  await waitFor(() => {
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });
});
