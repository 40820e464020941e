import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { grouped } from "@/lib/text";

import type { Figure } from "../figures";

/** A number, or in words why there is none. */
export function FigureText({ figure }: { figure: Figure }) {
  const { t } = useTranslation();
  if (typeof figure === "number") return <span className="number">{grouped(figure)}</span>;
  return (
    <Text span size="xs" c="dimmed">
      {t(`stats.${figure}`)}
    </Text>
  );
}
