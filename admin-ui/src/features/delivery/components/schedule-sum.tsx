import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { dueTime } from "@/lib/dates";

import type { Scheduling } from "../use-schedule";

/** What will happen, in a plain sentence above the button. */
export function ScheduleSum({ scheduling: { chosen, zone } }: { scheduling: Scheduling }) {
  const { t } = useTranslation();
  const times = new Map<string, number>();
  for (const row of chosen.filter((one) => !Number.isNaN(one.at))) {
    const time = row.isNow ? t("schedule.at_once") : dueTime(new Date(row.at).toISOString(), zone);
    times.set(time, (times.get(time) ?? 0) + 1);
  }
  const parts = [...times].map(([time, count]) => t("schedule.part", { time, count }));
  return (
    <Text size="sm" c="dimmed" role="status" flex="1 1 320px">
      {parts.length > 0 && t("schedule.sum", { parts: parts.join(t("schedule.and")) })} {t("schedule.freezes")}
    </Text>
  );
}
