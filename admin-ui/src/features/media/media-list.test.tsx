import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer } from "@/testing/server";

const NONE = { assets: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } };

test("pictures without a text are a queue that can end", async () => {
  const calls = answer("Assets", NONE);
  const { user, router } = renderApp("/media");

  await user.click(await screen.findByRole("switch", { name: "只看缺少替代文字的" }));

  expect(await screen.findByText("所有图片都有替代文字了。")).toBeVisible();
  expect(calls.at(-1)).toMatchObject({ lacksAlt: true });
  await waitFor(() => {
    expect(router.state.location.search).toEqual({ noalt: true });
  });
});
