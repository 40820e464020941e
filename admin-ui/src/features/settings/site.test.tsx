import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer, refuse } from "@/testing/server";

const SITE = {
  name: "茶山",
  zone: "Asia/Shanghai",
  baseUrl: "",
  isOfficial: false,
  needsApproval: false,
  brandWords: ["茶山"],
  pathTemplate: "/p?id={slug}",
  miniPrograms: [{ channel: "mail", appId: "wx1" }],
  blackouts: [{ from: "2026-12-13T00:00", until: "2026-12-14T00:00", reason: "公祭日" }],
  version: 7,
};

function open() {
  answer("SiteProfile", { site: SITE });
  answer("Channels", { channels: [{ id: "mail", name: { zh: "邮筒", en: "Post" }, lanes: [], fields: [], pictures: [] }] });
  return renderApp("/settings/site");
}

test("the profile is saved whole, under the version that was seen", async () => {
  const { user } = open();
  const saved = answer("UpdateSite", { updateSite: { site: { version: 8 } } });

  await user.type(await screen.findByLabelText("网页地址"), "https://tea.example");
  await user.click(screen.getByRole("switch", { name: /发布前要审批/ }));
  // What comes back is a version later, and the form is made anew from it.
  answer("SiteProfile", { site: { ...SITE, version: 8 } });
  await user.click(screen.getByRole("button", { name: "保存站点" }));

  expect(await screen.findByText("已保存。")).toBeVisible();
  const { version, ...rest } = SITE;
  await waitFor(() => {
    expect(saved).toEqual([{ input: { ...rest, baseUrl: "https://tea.example", needsApproval: true, baseVersion: version } }]);
  });
});

test("what the server does not like is said at its field", async () => {
  refuse("UpdateSite", "INVALID_INPUT", "must start with /", undefined, "input.pathTemplate");
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "保存站点" }));

  expect(await screen.findByText("要以 / 开头，并包含 {slug}。")).toBeVisible();
});
