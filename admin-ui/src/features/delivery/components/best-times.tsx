import { Text } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { currentLanguage } from "@/lib/i18n";

import { type BestTime, bestTimeOptions } from "../slots";
import type { Scheduling } from "../use-schedule";

/** When items of the chosen accounts did best so far, with how many were counted; it never moves anything. */
export function BestTimes({ scheduling: { chosen } }: { scheduling: Scheduling }) {
  const { t } = useTranslation();
  const accounts = new Map(chosen.map(({ destination }) => [destination.account, destination.accountName]));
  const times = useQueries({ queries: [...accounts.keys()].map(bestTimeOptions) });
  if (accounts.size === 0) return null;
  return (
    <details className="aside">
      <summary>{t("best.title")}</summary>
      {[...accounts.values()].map((name, index) => (
        <Told key={name} name={name} time={times[index]?.data} />
      ))}
    </details>
  );
}

function Told({ name, time }: { name: string; time: BestTime | undefined }) {
  const { t } = useTranslation();
  if (time === undefined) return null;
  const { sampleSize: count, needed, best } = time;
  if (best === null) {
    return (
      <Text size="sm" c="dimmed">
        {count < needed ? t("best.too_few", { name, count, needed }) : t("best.alike", { name, count })}
      </Text>
    );
  }
  const views = (number: unknown) => Number(number).toLocaleString(currentLanguage());
  return (
    <Text size="sm">
      {t("best.hour", { name, hour: best.hour, until: best.hour + 1, views: views(best.views), usual: views(best.usualViews), of: best.sampleSize, count })}
    </Text>
  );
}
