import { Table, Text, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { ErrorPanel, ListSkeleton } from "@/components/states";
import { useChannelNames } from "@/lib/channels";
import { weekday } from "@/lib/dates";
import { useZone } from "@/lib/session";

import { type Day, weekOptions } from "../query";

const KINDS = ["published", "planned", "troubled"] as const;

/** The week channel by channel: what went live, what is planned, what got stuck. The numbers stand in the plot itself. */
export function WeekPlot() {
  const { t } = useTranslation();
  const zone = useZone();
  const nameOf = useChannelNames();
  const week = useQuery(weekOptions(zone));
  if (week.isPending) return <ListSkeleton rows={3} />;
  if (week.error !== null) return <ErrorPanel error={week.error} retry={() => void week.refetch()} />;
  const { days, figures } = week.data;
  const channels = [...new Set(figures.map(({ channel }) => channel))];
  if (channels.length === 0) {
    return (
      <Text c="dimmed" p={16}>
        {t("week.empty")}
      </Text>
    );
  }
  const most = Math.max(...figures.map((day) => KINDS.reduce((sum, kind) => sum + Number(day[kind]), 0)));
  return (
    <Table className="week" layout="fixed" aria-label={t("week.title")}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col" w={140}>
            {t("delivery.channel")}
          </Table.Th>
          {days.map((day) => (
            <Table.Th key={day} scope="col" aria-current={day === week.data.today ? "date" : undefined}>
              {day === week.data.today ? t("calendar.today") : weekday(day)}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {channels.map((channel) => (
          <Table.Tr key={channel}>
            <Table.Th scope="row">{nameOf(channel)}</Table.Th>
            {days.map((day) => (
              <Table.Td key={day}>
                <Bars day={figures.find((one) => one.day === day && one.channel === channel)} most={most} />
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Bars({ day, most }: { day: Day | undefined; most: number }) {
  const { t } = useTranslation();
  return (
    <div className="week-day">
      {KINDS.map((kind) => {
        const count = Number(day?.[kind] ?? 0);
        if (count === 0) return null;
        return (
          <span key={kind} className={`week-bar ${kind}`} style={{ height: `${String(Math.max(18, (64 * count) / most))}px` }} title={t(`week.${kind}`, { count })}>
            <span aria-hidden>{count}</span>
            <VisuallyHidden>{t(`week.${kind}`, { count })}</VisuallyHidden>
          </span>
        );
      })}
    </div>
  );
}
