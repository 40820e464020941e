import { useHotkeys } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";

import { isDialogOpen } from "@/lib/keys";

import { RAIL } from "./rail";

const PATIENCE_MS = 1500;

/** G and then a letter lead to the main pages; never while one types. */
export function useGoKeys(): void {
  const navigate = useNavigate();
  const ledAt = useRef(-PATIENCE_MS);
  useHotkeys([
    ["g", () => (ledAt.current = performance.now())],
    ...RAIL.flatMap((page) => {
      if (!("go" in page)) return [];
      const go = () => {
        if (performance.now() - ledAt.current > PATIENCE_MS || isDialogOpen()) return;
        ledAt.current = -PATIENCE_MS;
        void navigate({ to: page.to });
      };
      return [[page.go, go] as [string, () => void]];
    }),
  ]);
}
