import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CalendarPlus } from "lucide-react";
import { useTranslation } from "react-i18next";

import { dueTime, wallTimeOf } from "@/lib/dates";

import { nextSlotOptions } from "../slots";
import type { Scheduling } from "../use-schedule";

/** Takes the next time at which everything that was chosen has room. */
export function SlotButton({ scheduling: { chosen, zone, setAt } }: { scheduling: Scheduling }) {
  const { t } = useTranslation();
  const slot = useQuery(nextSlotOptions(chosen.map(({ destination }) => destination))).data;
  if (slot === undefined) return null;
  if (slot === null) {
    return (
      <Text size="sm" c="var(--fenfa-hold)">
        {t("slot.full")}
      </Text>
    );
  }
  return (
    <div>
      <Button
        size="xs"
        variant="default"
        leftSection={<CalendarPlus size={14} aria-hidden />}
        title={t("slot.what")}
        onClick={() => {
          setAt(wallTimeOf(slot, zone));
        }}
      >
        {t("slot.next", { time: dueTime(slot, zone) })}
      </Button>
    </div>
  );
}
