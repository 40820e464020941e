import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer } from "@/testing/server";

beforeEach(() => {
  answer("Stories", { stories: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } });
  answer("Deliveries", { deliveries: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } });
  answer("Channels", { channels: [] });
});

async function openStories() {
  const app = renderApp("/stories");
  await screen.findByRole("heading", { name: "故事" });
  return app;
}

test("the question mark shows what keys there are", async () => {
  const { user } = await openStories();

  await user.keyboard("?");

  expect(await screen.findByRole("dialog", { name: "快捷键" })).toHaveTextContent(/去分发GD/);
});

test("G and D lead to the deliveries", async () => {
  const { user, router } = await openStories();

  await user.keyboard("gd");

  await waitFor(() => {
    expect(router.state.location.pathname).toBe("/deliveries");
  });
});

test("who types into a field stays where one is", async () => {
  const { user, router } = await openStories();

  await user.type(screen.getByRole("textbox", { name: "按标题查找" }), "gd?");

  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  expect(router.state.location.pathname).toBe("/stories");
});
