import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FindingText } from "@/components/finding-text";
import { useChannels } from "@/lib/channels";
import { dueTime } from "@/lib/dates";
import { outlookOptions } from "@/lib/outlook";
import { useZone } from "@/lib/session";

import type { ScheduleRow } from "../use-schedule";

/** What the server says of a destination beforehand: findings, what is there already, what is left of the day's allowance. */
export function DestinationWarnings({ row }: { row: ScheduleRow }) {
  return (
    <>
      <Warnings row={row} />
      <Earlier row={row} />
      <Allowance row={row} />
    </>
  );
}

function Warnings({ row: { findings } }: { row: ScheduleRow }) {
  const { t } = useTranslation();
  if (findings.warnings.length === 0) return null;
  return (
    <details className="warnings">
      <summary>{t("finding.warnings", { count: findings.warnings.length })}</summary>
      {findings.warnings.map((finding) => (
        <Text key={`${finding.code}${finding.reason}`} size="sm">
          <FindingText finding={finding} />
        </Text>
      ))}
    </details>
  );
}

function Earlier({ row: { before, destination, isChosen } }: { row: ScheduleRow }) {
  const { t } = useTranslation();
  const zone = useZone();
  const channels = useChannels();
  if (before === undefined) return null;
  const lane = channels.find(({ id }) => id === destination.channel)?.lanes.find(({ id }) => id === destination.lane);
  const isSent = before.state === "PUBLISHED";
  const canUpdate = lane?.canUpdate === true;
  const key = !isSent ? "schedule.on_its_way" : canUpdate ? "schedule.updates" : "schedule.is_live";
  // What is there already is worth a warning to who would send it a second time.
  const isTwice = !isSent || (isChosen && !canUpdate);
  return (
    <Text size="sm" c={isTwice ? "var(--fenfa-hold)" : "dimmed"} mt={4}>
      {t(key, { state: t(`state.${before.state.toLowerCase()}`), time: dueTime(before.dueAt, zone) })}
    </Text>
  );
}

function Allowance({ row: { destination } }: { row: ScheduleRow }) {
  const { t } = useTranslation();
  const outlook = useQuery(outlookOptions(destination.account)).data;
  const quotas = outlook?.find(({ lane }) => lane === destination.lane)?.quotas ?? [];
  return quotas.map(({ name, allowed, taken, planned, isExceeded }) => {
    const isFull = isExceeded || taken + planned >= allowed;
    return (
      <Text key={name} size="xs" c={isFull ? "var(--fenfa-hold)" : "dimmed"} mt={4} className="number">
        {t(isFull ? "schedule.quota_full" : "schedule.quota", { name: t(`quota.${name}`, { defaultValue: "" }), taken, planned, allowed })}
      </Text>
    );
  });
}
