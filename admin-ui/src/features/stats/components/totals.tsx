import { SimpleGrid, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { compact, grouped } from "@/lib/text";

import { METRICS, type Statistic, latest, total } from "../figures";

/** What all of it had together, and of how many deliveries that is known. */
export function Totals({ series }: { series: Statistic[][] }) {
  const { t } = useTranslation();
  return (
    <SimpleGrid cols={4} spacing={16}>
      {METRICS.map((metric) => {
        const { value, told, of } = total(series.map((one) => latest(one, metric)));
        return (
          <div key={metric} className="card pad">
            <Text c="dimmed">{t(`stats.${metric}`)}</Text>
            {value === null ? (
              <Text c="dimmed">{t("stats.unknown")}</Text>
            ) : (
              <Text className="number total" title={grouped(value)}>
                {compact(value)}
              </Text>
            )}
            <Text size="xs" c="dimmed">
              {t("stats.sample", { told, of })}
            </Text>
          </div>
        );
      })}
    </SimpleGrid>
  );
}
