import { screen } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer, refuse } from "@/testing/server";

const ASSET = {
  id: "m1",
  name: "spring.jpg",
  alt: "",
  kind: "IMAGE",
  mime: "image/jpeg",
  sizeBytes: 3_200_000,
  width: 1200,
  height: 900,
  version: 2,
  createdAt: "2026-03-01T00:00:00Z",
  url: "/media/m1",
  focalPoint: { x: 0.5, y: 0.5 },
  video: null,
};

beforeEach(() => {
  answer("AssetUses", { assetUses: [{ kind: "STORY", id: "s1", title: "清蒸鲈鱼" }] });
});

test("what shows a picture is one click away", async () => {
  answer("AssetToDescribe", { asset: ASSET });
  renderApp("/media/m1");

  expect(await screen.findByRole("link", { name: "清蒸鲈鱼" })).toHaveAttribute("href", "/admin/stories/s1");
});

test("a picture is described and told what its crops keep, without a mouse", async () => {
  answer("AssetToDescribe", { asset: ASSET });
  const calls = answer("UpdateAsset", { updateAsset: { asset: { id: "m1" } } });
  const { user } = renderApp("/media/m1");

  await user.type(await screen.findByLabelText(/替代文字/), "雨后的茶园");
  const across = screen.getByLabelText(/横向/);
  await user.clear(across);
  await user.type(across, "30");
  await user.click(screen.getByRole("button", { name: "保存" }));

  await expect
    .poll(() => calls)
    .toEqual([{ input: { id: "m1", baseVersion: 2, alt: "雨后的茶园", focalPoint: { x: 0.3, y: 0.5 } } }]);
});

test("what could not be saved stays in the form", async () => {
  answer("AssetToDescribe", { asset: ASSET });
  refuse("UpdateAsset", "CONFLICT", "somebody changed the asset just now");
  const { user } = renderApp("/media/m1");

  await user.type(await screen.findByLabelText(/替代文字/), "茶");
  await user.click(screen.getByRole("button", { name: "保存" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("somebody changed");
  expect(screen.getByLabelText(/替代文字/)).toHaveValue("茶");
});
