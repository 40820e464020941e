import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderPart } from "@/testing/render";
import { answer, refuse, signIn } from "@/testing/server";

import { PauseSourceButton, SourcePaused } from "./source-pause";

const SOURCE = { kind: "STORY", id: "s1" } as const;
const PAUSE = { id: "p1", kind: "SOURCE", target: "s1", sourceKind: "STORY", note: "等客户确认", createdAt: "2026-03-03T08:00:00Z" };

const stopped = (pauses: object[]) => answer("Stopped", { pauses, breakers: [] });

function renderBoth() {
  return renderPart(
    <>
      <PauseSourceButton source={SOURCE} title="春茶上新" />
      <SourcePaused source={SOURCE} />
    </>,
  );
}

test("all that is planned of a story is paused, with a word to the colleagues", async () => {
  stopped([]);
  const calls = answer("PauseDeliveries", { pauseDeliveries: { pauses: [] } });
  const { user } = renderBoth();

  await user.click(await screen.findByRole("button", { name: "暂停发送…" }));
  const dialog = within(await screen.findByRole("dialog"));
  await user.type(dialog.getByLabelText(/给同事留句话/), "等客户确认");
  stopped([PAUSE]);
  await user.click(dialog.getByRole("button", { name: "暂停发送" }));

  expect(await screen.findByText(/这一篇已暂停/)).toBeVisible();
  expect(screen.getByText(/等客户确认/)).toBeVisible();
  expect(calls).toEqual([{ input: { scope: { source: SOURCE }, note: "等客户确认" } }]);
  await waitFor(() => {
    expect(screen.queryByRole("button", { name: "暂停发送…" })).not.toBeInTheDocument();
  });
});

test("what is paused goes on with one click", async () => {
  stopped([PAUSE]);
  const calls = answer("ResumeDeliveries", { resumeDeliveries: { pauses: [] } });
  const { user } = renderBoth();

  await screen.findByText(/这一篇已暂停/);
  stopped([]);
  await user.click(screen.getByRole("button", { name: "恢复发送" }));

  expect(await screen.findByRole("button", { name: "暂停发送…" })).toBeVisible();
  expect(calls).toEqual([{ input: { scope: { source: SOURCE } } }]);
});

test("a pause of something else is not told here", async () => {
  stopped([{ ...PAUSE, target: "s2" }, { ...PAUSE, id: "p2", sourceKind: "VIDEO" }]);
  renderBoth();

  expect(await screen.findByRole("button", { name: "暂停发送…" })).toBeVisible();
  expect(screen.queryByText(/这一篇已暂停/)).not.toBeInTheDocument();
});

test("who may not schedule sees that it is paused, and no way to change it", async () => {
  signIn(["READ_CONTENT"]);
  stopped([PAUSE]);
  renderBoth();

  expect(await screen.findByText(/这一篇已暂停/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "恢复发送" })).not.toBeInTheDocument();
});

test("a pause that was refused says why and keeps the word", async () => {
  stopped([]);
  refuse("PauseDeliveries", "INTERNAL", "something failed on our side; try again later");
  const { user } = renderBoth();

  await user.click(await screen.findByRole("button", { name: "暂停发送…" }));
  const dialog = within(await screen.findByRole("dialog"));
  await user.type(dialog.getByLabelText(/给同事留句话/), "等客户");
  await user.click(dialog.getByRole("button", { name: "暂停发送" }));

  expect(await dialog.findByRole("alert")).toHaveTextContent("我们这边出了故障，请稍后再试。");
  expect(dialog.getByLabelText(/给同事留句话/)).toHaveValue("等客户");
});
