import { Text, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { grouped } from "@/lib/text";

import type { Figure } from "../figures";

/** A number; a dash where the platform tells none, which is said to those who ask; else in words why there is none. */
export function FigureText({ figure }: { figure: Figure }) {
  const { t } = useTranslation();
  if (typeof figure === "number") return <span className="number">{grouped(figure)}</span>;
  const why = t(`stats.${figure}`);
  if (figure !== "not_told") {
    return (
      <Text span size="xs" c="dimmed">
        {why}
      </Text>
    );
  }
  return (
    <Text span c="dimmed" title={why}>
      <span aria-hidden>—</span>
      <VisuallyHidden>{why}</VisuallyHidden>
    </Text>
  );
}
