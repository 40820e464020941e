import { Group, SegmentedControl, Table, Text, Title } from "@mantine/core";
import { Suspense, lazy, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useChannelNames } from "@/lib/channels";
import { comma, grouped } from "@/lib/text";

import { METRICS, type Metric, type Statistic, perDay } from "../figures";
import type { LiveDelivery } from "../query";

// The numbers do not wait for what draws them.
const Trend = lazy(async () => ({ default: (await import("./trend")).Trend }));

interface TrendCardProps {
  deliveries: LiveDelivery[];
  series: Statistic[][];
  days: string[];
}

/** What each channel had day by day, as lines and as a table. */
export function TrendCard({ deliveries, series, days }: TrendCardProps) {
  const { t } = useTranslation();
  const nameOf = useChannelNames();
  const [metric, setMetric] = useState<Metric>("VIEWS");
  const channels = [...new Set(deliveries.map(({ channel }) => channel))];
  const all = channels.map((channel) => ({
    name: nameOf(channel),
    values: perDay(series.filter((_, index) => deliveries[index]?.channel === channel), metric, days),
  }));
  const known = all.filter(({ values }) => values.some((value) => value !== null));
  const silent = all.filter((line) => !known.includes(line)).map(({ name }) => name).join(comma());
  // A chart is drawn anew only when its numbers change.
  const told = JSON.stringify(known);
  const lines = useMemo(() => JSON.parse(told) as typeof known, [told]);
  return (
    <section className="card side">
      <Group justify="space-between">
        <Title order={2}>{t("stats.trend")}</Title>
        <SegmentedControl
          value={metric}
          onChange={(next) => {
            setMetric(METRICS.find((one) => one === next) ?? "VIEWS");
          }}
          data={METRICS.map((one) => ({ value: one, label: t(`stats.${one}`) }))}
          aria-label={t("stats.metric")}
        />
      </Group>
      {lines.length === 0 ? (
        <Text c="dimmed">{t("stats.unknown")}</Text>
      ) : (
        <Suspense fallback={<div className="trend" />}>
          <Trend days={days} lines={lines} label={t("stats.trend_told", { metric: t(`stats.${metric}`), channels: lines.map(({ name }) => name).join(comma()), days: days.length })} />
        </Suspense>
      )}
      {silent !== "" && (
        <Text size="sm" c="dimmed">
          {t("stats.silent", { channels: silent })}
        </Text>
      )}
      {lines.length > 0 && (
        <details className="evidence">
          <summary>{t("stats.show_data")}</summary>
          <Table mt={8} aria-label={t("stats.trend")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t("stats.day")}</Table.Th>
                {lines.map(({ name }) => (
                  <Table.Th key={name} scope="col">
                    {name}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {days.map((day, index) => (
                <Table.Tr key={day}>
                  <Table.Td className="number">{day}</Table.Td>
                  {lines.map(({ name, values }) => (
                    <Table.Td key={name} className="number">
                      {typeof values[index] === "number" ? grouped(values[index]) : "–"}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </details>
      )}
    </section>
  );
}
