import { Button, Group, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { ZoneSelect } from "@/components/zone-select";
import { dueTime } from "@/lib/dates";
import { ApiError } from "@/lib/graphql";

import type { JobDraft } from "../job-draft";
import { fireTimesOptions } from "../job-query";

/** Calendars that most people want, to begin with. */
const COMMON = { daily: "0 9 * * *", workdays: "0 9 * * 1-5", weekly: "0 9 * * 1", nightly: "30 2 * * *" } as const;

interface JobCalendarProps {
  draft: JobDraft;
  onChange: (part: Partial<JobDraft>) => void;
}

/** When a recurring job is due, and the five times that this means. */
export function JobCalendar({ draft: { expression, zone }, onChange }: JobCalendarProps) {
  const { t } = useTranslation();
  const [asked] = useDebouncedValue(expression, 300);
  const times = useQuery(fireTimesOptions(asked, zone));
  const isWrong = times.error instanceof ApiError && times.error.code === "INVALID_INPUT";
  return (
    <>
      <TextInput
        label={t("settings.job_when")}
        description={t("settings.job_when_help")}
        value={expression}
        spellCheck={false}
        error={isWrong ? t("settings.job_when_wrong") : undefined}
        onChange={(event) => {
          onChange({ expression: event.currentTarget.value });
        }}
      />
      <Group gap={8}>
        {Object.entries(COMMON).map(([name, calendar]) => (
          <Button
            key={name}
            size="compact-xs"
            variant="default"
            onClick={() => {
              onChange({ expression: calendar });
            }}
          >
            {t(`settings.job_${name}`)}
          </Button>
        ))}
      </Group>
      <ZoneSelect label={t("setup.zone")} value={zone} onChange={(chosen) => { onChange({ zone: chosen }); }} />
      <section aria-label={t("settings.job_next")} aria-live="polite">
        <Text size="sm" fw={600}>
          {t("settings.job_next")}
        </Text>
        <ol className="times">
          {!isWrong && times.data?.map((at) => <li key={at}>{dueTime(at, zone)}</li>)}
        </ol>
        {times.data?.length === 0 && <Text size="sm">{t("settings.job_never")}</Text>}
      </section>
    </>
  );
}
