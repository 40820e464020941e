import { Alert, Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import { ZonedTimeField } from "@/components/zoned-time-field";
import type { SourceRef } from "@/lib/variant";

import { type Destination, accountsOptions, useDestinations } from "../schedule";
import { useSchedule } from "../use-schedule";
import { ApprovalChoice } from "./approval-choice";
import { BestTimes } from "./best-times";
import { AccountRows } from "./destination-row";
import { MissedChoice } from "./missed-choice";
import { ScheduleSum } from "./schedule-sum";
import { SlotButton } from "./slot-button";

interface ScheduleFormProps {
  source: SourceRef;
  isPublished: boolean;
  onDone: () => void;
}

/** Every lane of every account that takes it, in one form. */
export function ScheduleForm({ source, isPublished, onDone }: ScheduleFormProps) {
  const { t } = useTranslation();
  const accounts = useQuery(accountsOptions);
  const destinations = useDestinations(source.kind, accounts.data ?? []);
  if (accounts.isPending) return <ListSkeleton rows={3} />;
  if (accounts.error !== null) return <ErrorPanel error={accounts.error} retry={() => void accounts.refetch()} />;
  if (destinations.length === 0) return <EmptyState title={t("schedule.no_account")} />;
  return <Fields source={source} isPublished={isPublished} destinations={destinations} onDone={onDone} />;
}

function Fields({ source, isPublished, destinations, onDone }: ScheduleFormProps & { destinations: Destination[] }) {
  const { t } = useTranslation();
  const scheduling = useSchedule(source, destinations, onDone);
  const { rows, chosen, when, setWhen, at, setAt, zone, now, plan } = scheduling;
  const accounts = [...new Set(rows.map(({ destination }) => destination.account))];
  const isPast = chosen.some((row) => row.isPast);
  const isTimeless = chosen.some((row) => Number.isNaN(row.at));
  return (
    <Stack gap={16}>
      {!isPublished && (
        <Alert variant="outline" className="held" title={t("schedule.not_published")}>
          {t("schedule.publish_first")}
        </Alert>
      )}
      <Stack gap={8}>
        <SegmentedControl
          value={when}
          onChange={(next) => {
            setWhen(next === "now" ? "now" : "at");
          }}
          data={[
            { value: "at", label: t("schedule.later") },
            { value: "now", label: t("schedule.now") },
          ]}
          aria-label={t("schedule.when")}
        />
        {when === "at" && (
          <>
            <ZonedTimeField label={t("schedule.at", { zone })} value={at} onChange={setAt} zone={zone} now={now} />
            <SlotButton scheduling={scheduling} />
            <BestTimes scheduling={scheduling} />
          </>
        )}
      </Stack>
      <Stack gap={8} role="group" aria-label={t("schedule.where")}>
        <Text fw={600}>{t("schedule.where")}</Text>
        {accounts.map((account) => (
          <AccountRows key={account} rows={rows.filter(({ destination }) => destination.account === account)} scheduling={scheduling} />
        ))}
      </Stack>
      <MissedChoice value={scheduling.missed} onChange={scheduling.setMissed} />
      <ApprovalChoice scheduling={scheduling} />
      {plan.error !== null && <ErrorPanel error={plan.error} />}
      <Group className="dialog-foot" justify="flex-end">
        <ScheduleSum scheduling={scheduling} />
        <Button variant="default" onClick={onDone}>
          {t("dialog.back")}
        </Button>
        <Button
          disabled={chosen.length === 0 || isPast || isTimeless}
          loading={plan.isPending}
          onClick={() => {
            plan.mutate();
          }}
        >
          {t(when === "now" ? "schedule.send_count" : "schedule.plan_count", { count: chosen.length })}
        </Button>
      </Group>
    </Stack>
  );
}
