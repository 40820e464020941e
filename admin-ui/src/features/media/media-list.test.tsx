import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer, signIn } from "@/testing/server";
import { takeUploads } from "@/testing/uploads";

const NONE = { assets: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } };

const picture = (name: string) => new File(["x"], name, { type: "image/jpeg" });

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

test("only videos are shown when asked for, and the address says so", async () => {
  const calls = answer("Assets", NONE);
  const { user, router } = renderApp("/media?noalt=true");

  await user.click(await screen.findByRole("radio", { name: "视频" }));

  await waitFor(() => {
    expect(router.state.location.search).toEqual({ kind: "video" });
  });
  await waitFor(() => {
    expect(calls.at(-1)).toMatchObject({ kind: "VIDEO", lacksAlt: false });
  });
});

test("an empty library invites to bring something in", async () => {
  answer("Assets", NONE);
  renderApp("/media");

  expect(await screen.findByText(/还没有素材。把图片和视频拖到这一页/)).toBeVisible();
  expect(screen.getAllByRole("button", { name: "上传" })).toHaveLength(2);
});

test("each file tells what became of it, and the library is read again", async () => {
  const calls = answer("Assets", NONE);
  takeUploads({ "new.jpg": { id: "m1" }, "known.jpg": { id: "m2", duplicate: true } });
  const { user } = renderApp("/media");
  const before = await waitFor(() => {
    expect(calls.length).toBeGreaterThan(0);
    return calls.length;
  });

  await user.upload((await screen.findAllByLabelText("上传", { selector: "input" }))[0] as HTMLElement, [picture("new.jpg"), picture("known.jpg")]);

  const uploads = within(await screen.findByRole("region", { name: "上传" }));
  expect(await uploads.findByText("已入库")).toBeVisible();
  expect(await uploads.findByText("库里已有同一个文件，直接用它。")).toBeVisible();
  expect(uploads.getByRole("link", { name: "known.jpg" })).toHaveAttribute("href", "/admin/media/m2");
  expect(uploads.getByRole("status")).toHaveTextContent("共 2 个文件，完成了 2 个");
  await waitFor(() => {
    expect(calls.length).toBeGreaterThan(before);
  });
  await user.click(uploads.getByRole("button", { name: "清除已完成的" }));
  expect(screen.queryByRole("region", { name: "上传" })).not.toBeInTheDocument();
});

test("a file that was dropped and refused says why, and can be sent again", async () => {
  answer("Assets", NONE);
  takeUploads({ "tea.jpg": { refused: "this picture is broken" } });
  const { user } = renderApp("/media");
  await screen.findByText("图片和视频可以拖到这一页的任何地方。");

  fireEvent.drop(window, { dataTransfer: { types: ["Files"], files: [picture("tea.jpg")] } });
  expect(await screen.findByRole("alert")).toHaveTextContent("this picture is broken");
  takeUploads({ "tea.jpg": { id: "m1" } });
  await user.click(screen.getByRole("button", { name: "重新上传「tea.jpg」" }));

  expect(await screen.findByText("已入库")).toBeVisible();
});

test("who may not write content sees no way to bring files in", async () => {
  signIn(["READ_CONTENT"]);
  answer("Assets", NONE);
  renderApp("/media");

  expect(await screen.findByText("还没有素材。")).toBeVisible();
  expect(screen.queryByRole("button", { name: "上传" })).not.toBeInTheDocument();
});
