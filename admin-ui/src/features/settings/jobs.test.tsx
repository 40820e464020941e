import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderApp } from "@/testing/render";
import { answer, refuse } from "@/testing/server";

const JOB = {
  id: "j1",
  name: "每周精选",
  kind: "DIGEST",
  version: 3,
  expression: "0 9 * * 1",
  zone: "Asia/Shanghai",
  nextFireTimes: [],
  pausedAt: null,
  digest: { title: "本周精选", storyCount: 5, dayCount: 7, metric: "VIEWS" },
  pullStatistics: null,
  submitChanged: null,
  runs: [],
};

test("a job is made with its next times in sight", async () => {
  answer("RecurringJobs", { recurringJobs: [] });
  const asked = answer("FireTimes", { fireTimes: ["2026-03-09T01:00:00Z", "2026-03-16T01:00:00Z"] });
  const made = answer("CreateRecurringJob", { createRecurringJob: { recurringJob: { id: "j1" } } });
  const { user } = renderApp("/settings/jobs");

  await user.click(await screen.findByRole("button", { name: "新任务" }));
  await user.type(screen.getByLabelText("名称"), "每周精选");
  await user.type(screen.getByLabelText("草稿标题"), "本周精选");
  expect(await screen.findByText("3月9日周一 09:00")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "工作日 9:00" }));
  await waitFor(() => {
    expect(asked.at(-1)).toEqual({ input: { expression: "0 9 * * 1-5", zone: "Asia/Shanghai" } });
  });
  await user.click(screen.getByRole("button", { name: "保存任务" }));

  const digest = { title: "本周精选", storyCount: 5, dayCount: 7, metric: "VIEWS" };
  await waitFor(() => {
    expect(made).toEqual([{ input: { name: "每周精选", expression: "0 9 * * 1-5", zone: "Asia/Shanghai", digest } }]);
  });
});

test("a calendar that cannot be read is said in place", async () => {
  answer("RecurringJobs", { recurringJobs: [] });
  refuse("FireTimes", "INVALID_INPUT", "cannot be read", undefined, "input.expression");
  const { user } = renderApp("/settings/jobs");

  await user.click(await screen.findByRole("button", { name: "新任务" }));

  expect(await screen.findByText(/看不懂这个时间/)).toBeVisible();
});

test("a job is changed from what it is, under the version that was seen", async () => {
  answer("RecurringJobs", { recurringJobs: [JOB] });
  answer("FireTimes", { fireTimes: [] });
  const changed = answer("UpdateRecurringJob", { updateRecurringJob: { recurringJob: { id: "j1" } } });
  const { user } = renderApp("/settings/jobs");

  await user.click(await screen.findByRole("button", { name: "修改" }));
  expect(screen.getByLabelText("草稿标题")).toHaveValue("本周精选");
  await user.click(screen.getByRole("button", { name: "每天 2:30" }));
  await user.click(screen.getByRole("button", { name: "保存任务" }));

  await waitFor(() => {
    expect(changed).toMatchObject([{ input: { id: "j1", baseVersion: 3, expression: "30 2 * * *", digest: JOB.digest } }]);
  });
});
