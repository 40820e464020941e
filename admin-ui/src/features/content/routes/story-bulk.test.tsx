import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, graphql } from "msw";
import { beforeEach, expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer, server } from "@/testing/server";

function story(id: string, title: string, state: string) {
  return { id, title, state, updatedAt: "2026-03-03T08:00:00Z", content: { cover: null, category: null } };
}

beforeEach(() => {
  localStorage.clear();
  const nodes = [story("s1", "春茶上新", "DRAFT"), story("s2", "清蒸鲈鱼", "CHANGED"), story("s3", "露营清单", "PUBLISHED")];
  answer("Stories", { stories: { nodes, pageInfo: { hasNextPage: false, endCursor: null } } });
});

/** Publishes what it is asked for, but not one of them. */
function refuseOne(refused: string): string[] {
  const asked: string[] = [];
  const api = graphql.link("*/admin/graphql");
  server.use(
    api.mutation("PublishStory", ({ variables }) => {
      const { id } = (variables as { input: { id: string } }).input;
      asked.push(id);
      if (id !== refused) return HttpResponse.json({ data: { publishStory: { story: { id } } } });
      return HttpResponse.json({ data: null, errors: [{ message: "no cover", extensions: { code: "INVALID_INPUT" } }] } as never);
    }),
  );
  return asked;
}

test("many are published one by one, and each says what became of it", async () => {
  const asked = refuseOne("s2");
  const { user } = renderApp("/stories");

  await user.click(await screen.findByRole("checkbox", { name: "选择全部已载入的" }));
  await user.click(screen.getByRole("button", { name: "发布 2 篇" }));
  const dialog = await screen.findByRole("dialog", { name: "发布 2 篇" });
  expect(asked).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "发布 2 篇" }));

  expect(await within(dialog).findByText("2 篇中 1 篇完成，1 篇没有完成。")).toBeVisible();
  expect(within(dialog).getByText("no cover")).toBeVisible();
  expect(asked).toEqual(["s1", "s2"]);
  await user.click(await within(dialog).findByRole("button", { name: "再试剩下的 1 篇" }));
  await waitFor(() => {
    expect(asked).toEqual(["s1", "s2", "s2"]);
  });
});

test("only what applies to the chosen stories is offered", async () => {
  const { user } = renderApp("/stories");

  await user.click(await screen.findByRole("checkbox", { name: "选择「露营清单」" }));

  const bar = screen.getByRole("region", { name: "对选中的故事" });
  expect(within(bar).getAllByRole("button").map((button) => button.textContent)).toEqual(["下线 1 篇", "归档 1 篇", "取消选择"]);
});

test("filters are kept under a name, used again, and forgotten", async () => {
  const { user, router } = renderApp("/stories?state=DRAFT&q=茶");

  await user.click(await screen.findByRole("button", { name: "存为视图" }));
  await user.type(await screen.findByRole("textbox", { name: "视图名称" }), "我的草稿");
  await user.click(screen.getByRole("button", { name: "保存视图" }));
  await user.click(await screen.findByRole("button", { name: "全部" }));
  await waitFor(() => {
    expect(router.state.location.search).toEqual({});
  });
  expect(screen.getByRole("textbox", { name: "按标题查找" })).toHaveValue("");
  await user.click(screen.getByRole("button", { name: "我的草稿" }));

  await waitFor(() => {
    expect(router.state.location.search).toEqual({ state: "DRAFT", q: "茶" });
  });
  expect(screen.getByRole("textbox", { name: "按标题查找" })).toHaveValue("茶");
  await user.click(await screen.findByRole("button", { name: "删掉视图「我的草稿」" }));
  expect(screen.queryByRole("button", { name: "我的草稿" })).not.toBeInTheDocument();
});
