import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { LengthUnit } from "@/lib/text";

/** How much of a length is used, in the unit in which it is counted; speaks up when it gets tight. */
export function Counter({ length, max, min = 0, unit }: { length: number; max: number; min?: number; unit: LengthUnit }) {
  const { t } = useTranslation();
  const isOut = length > max || length < min;
  return (
    <Text
      component="span"
      size="xs"
      className="number counter"
      c={isOut ? "var(--fenfa-bad)" : "dimmed"}
      aria-live={length >= max * 0.9 ? "polite" : "off"}
    >
      {t(`unit.${unit}`, { length, max })}
    </Text>
  );
}
