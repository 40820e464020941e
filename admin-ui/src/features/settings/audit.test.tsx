import { readFileSync } from "node:fs";

import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import zhHans from "@/locales/zh-Hans.json";
import { renderApp } from "@/testing/render";
import { answer } from "@/testing/server";

/** What the API can be asked to do, by the names under which the audit log keeps it. */
function mutations(): string[] {
  const schema = readFileSync("../schema/admin.graphql", "utf8").replace(/"""[^]*?"""/g, "");
  const body = /type AdminMutation \{([^]*?)\n\}/.exec(schema)?.[1] ?? "";
  return [...body.matchAll(/^\t(\w+)[(:]/gm)].map(([, name]) => String(name));
}

test("everything that can be done has a name that people know", () => {
  expect(mutations().length).toBeGreaterThan(50);
  expect(mutations().filter((name) => !(name in zhHans.deed))).toEqual([]);
});

test("the log says what was done, and what was refused", async () => {
  const entry = { details: {}, address: "127.0.0.1", createdAt: "2026-03-03T08:00:00Z", user: { name: "王编辑" } };
  const nodes = [
    { ...entry, id: "e1", action: "scheduleDelivery", outcome: "OK" },
    { ...entry, id: "e2", action: "setRole", outcome: "FORBIDDEN" },
  ];
  answer("AuditLog", { auditLog: { nodes, pageInfo: { hasNextPage: false, endCursor: null } } });
  renderApp("/settings/audit");

  expect(await screen.findByText("排期")).toBeVisible();
  expect(screen.getAllByText("没有成功")).toHaveLength(1);
  expect(screen.getByText("改角色")).toBeVisible();
});
