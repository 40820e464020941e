import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { dueTime } from "@/lib/dates";
import { hasPassed, instantOf, isSameClock, ownZone } from "@/lib/zones";

import { DateTimeField } from "./date-time-field";

interface ZonedTimeFieldProps {
  label: string;
  value: string | null;
  onChange: (wallTime: string | null) => void;
  zone: string;
  now: number;
}

/** A time on the site's wall, with what one's own clock shows then; what has passed is refused with the reason. */
export function ZonedTimeField({ label, value, onChange, zone, now }: ZonedTimeFieldProps) {
  const { t } = useTranslation();
  const own = ownZone();
  const at = value === null ? null : instantOf(value, zone);
  const error = value !== null && hasPassed(value, zone, now) ? t("schedule.past", { now: dueTime(new Date(now).toISOString(), zone) }) : undefined;
  return (
    <div>
      <DateTimeField label={label} value={value} onChange={onChange} error={error} />
      {at !== null && (
        <Text size="xs" c="dimmed" mt={4}>
          {isSameClock(at, zone, own) ? t("schedule.same_zone") : t("schedule.own_zone", { time: dueTime(at.toISOString(), own), zone: own })}
        </Text>
      )}
    </div>
  );
}
