import { useHotkeys } from "@mantine/hooks";
import type { RefObject } from "react";

const LINK = "tbody a.row-link";

/** J and K go down and up the rows of a table, X chooses the row, and Enter follows its link as always. */
export function useRowKeys(table: RefObject<HTMLElement | null>): void {
  const move = (step: number) => () => {
    const links = [...(table.current?.querySelectorAll<HTMLElement>(LINK) ?? [])];
    const here = links.findIndex((link) => link.closest("tr")?.contains(document.activeElement));
    const next = here === -1 ? 0 : Math.min(Math.max(here + step, 0), links.length - 1);
    links[next]?.focus();
  };
  const choose = () => {
    const row = document.activeElement?.closest("tr") ?? null;
    if (table.current?.contains(row) === true) row?.querySelector<HTMLElement>("input[type=checkbox]")?.click();
  };
  useHotkeys([
    ["j", move(1)],
    ["k", move(-1)],
    ["x", choose],
  ]);
}
