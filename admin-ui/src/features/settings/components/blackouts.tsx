import { ActionIcon, Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { CalendarOff, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import { DateTimeField } from "@/components/date-time-field";
import { wallTimeOf } from "@/lib/dates";

import type { SiteProfile } from "../site-query";

const DAY = 24 * 3_600_000;

type Value = SiteProfile["blackouts"];

interface BlackoutsProps {
  value: Value;
  onChange: (value: Value) => void;
  zone: string;
  error: string | undefined;
}

/** When nothing should be published, and why. */
export function Blackouts({ value, onChange, zone, error }: BlackoutsProps) {
  const { t } = useTranslation();
  const set = (place: number, part: Partial<Value[number]>) => {
    onChange(value.map((one, index) => (index === place ? { ...one, ...part } : one)));
  };
  const add = () => {
    const midnight = (days: number) => `${wallTimeOf(new Date(Date.now() + days * DAY).toISOString(), zone).slice(0, 10)}T00:00`;
    onChange([...value, { from: midnight(1), until: midnight(2), reason: "" }]);
  };
  return (
    <section aria-label={t("blackout.title")}>
      <Title order={2}>{t("blackout.title")}</Title>
      <Text size="xs" c="dimmed" mb={8}>
        {t("blackout.help")}
      </Text>
      <Stack gap={8}>
        {value.map((one, index) => (
          // A row is known by its place: it has no other name while it is typed.
          <Group key={index} gap={8} align="end" role="group" aria-label={one.reason === "" ? t("blackout.one") : one.reason}>
            <DateTimeField label={t("blackout.from")} value={one.from} onChange={(from) => { if (from !== null) set(index, { from }); }} />
            <DateTimeField label={t("blackout.until")} value={one.until} onChange={(until) => { if (until !== null) set(index, { until }); }} />
            <TextInput
              label={t("blackout.reason")}
              value={one.reason}
              onChange={(event) => { set(index, { reason: event.currentTarget.value }); }}
              required
              maxLength={100}
              flex={1}
              miw={220}
            />
            <ActionIcon
              variant="subtle"
              size={36}
              aria-label={t("blackout.remove", { reason: one.reason })}
              onClick={() => { onChange(value.filter((_, place) => place !== index)); }}
            >
              <X size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        {error !== undefined && <Text size="sm" c="var(--fenfa-bad)" role="alert">{error}</Text>}
        <div>
          <Button variant="default" size="xs" leftSection={<CalendarOff size={14} aria-hidden />} onClick={add}>
            {t("blackout.add")}
          </Button>
        </div>
      </Stack>
    </section>
  );
}
