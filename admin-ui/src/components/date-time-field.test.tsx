import { screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { expect, test } from "vitest";

import { renderPart } from "@/testing/render";

import { DateTimeField } from "./date-time-field";
import { Dialog } from "./dialog";

function Planning() {
  const [isOpen, setIsOpen] = useState(true);
  const [value, setValue] = useState<string | null>("2026-03-04T08:00");
  return (
    <Dialog title="排期" isOpen={isOpen} onClose={() => { setIsOpen(false); }}>
      <DateTimeField label="时间" value={value} onChange={setValue} />
    </Dialog>
  );
}

// Seen in the schedule dialog: a click beside the days took the focus out of the picker, and Escape closed all.
test("Escape closes the picker alone, also after a click between its days", async () => {
  const { user } = renderPart(<Planning />);
  await user.click(screen.getByRole("button", { name: /时间/ }));
  await screen.findByText("2026年3月");

  await user.click(screen.getByText("三"));
  await user.keyboard("{Escape}");

  await waitFor(() => {
    expect(screen.queryByText("2026年3月")).toBeNull();
  });
  expect(screen.getByRole("dialog", { name: "排期" })).toBeVisible();
});
