import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer, refuse } from "@/testing/server";
import { takeUploads } from "@/testing/uploads";

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
  archivedAt: null,
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
  refuse("UpdateAsset", "CONFLICT", "somebody else changed the asset; load it again");
  const { user } = renderApp("/media/m1");

  await user.type(await screen.findByLabelText(/替代文字/), "茶");
  await user.click(screen.getByRole("button", { name: "保存" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("别人刚刚也改了，请重新载入再试。");
  expect(screen.getByLabelText(/替代文字/)).toHaveValue("茶");
});

async function chooseNewFile(name: string) {
  const { user } = renderApp("/media/m1");
  await user.click(await screen.findByRole("button", { name: "替换文件" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByText(/已经发到渠道的保持原样/)).toBeVisible();
  await user.upload(dialog.getByLabelText("选择新文件", { selector: "input" }), new File(["x"], name, { type: "image/jpeg" }));
  return dialog;
}

test("a picture gets a new file once it was said what that means", async () => {
  answer("AssetToDescribe", { asset: ASSET });
  takeUploads({ "better.jpg": { id: "m9" } });
  const calls = answer("ReplaceAsset", { replaceAsset: { asset: { id: "m1" } } });

  await chooseNewFile("better.jpg");

  await expect.poll(() => calls).toEqual([{ input: { id: "m1", baseVersion: 2, withId: "m9" } }]);
  await waitFor(() => {
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });
});

test("the very same file replaces nothing, and that is said", async () => {
  answer("AssetToDescribe", { asset: ASSET });
  takeUploads({ "again.jpg": { id: "m1", duplicate: true } });

  const dialog = await chooseNewFile("again.jpg");

  expect(await dialog.findByText("这就是现在的文件，不用换。")).toBeVisible();
});

test("why a file cannot take the place is said where it was chosen", async () => {
  answer("AssetToDescribe", { asset: ASSET });
  takeUploads({ "used.jpg": { id: "m8", duplicate: true } });
  refuse("ReplaceAsset", "FAILED_PRECONDITION", "this file is shown elsewhere");

  const dialog = await chooseNewFile("used.jpg");

  expect(await dialog.findByRole("alert")).toHaveTextContent("this file is shown elsewhere");
});

test("a picture is put away once it was said how many things show it", async () => {
  answer("AssetToDescribe", { asset: ASSET });
  answer("Assets", { assets: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } });
  const calls = answer("ArchiveAsset", { archiveAsset: { asset: { id: "m1" } } });
  const { user, router } = renderApp("/media/m1");

  await user.click(await screen.findByRole("button", { name: "收起" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(await dialog.findByText(/有 1 处内容用到它/)).toBeVisible();
  await user.click(dialog.getByRole("button", { name: "收起素材" }));

  await waitFor(() => {
    expect(router.state.location.pathname).toBe("/media");
  });
  expect(calls).toEqual([{ input: { id: "m1" } }]);
});
