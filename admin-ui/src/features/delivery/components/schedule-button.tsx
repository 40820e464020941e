import { Alert, Button, Checkbox, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { DateTimeField } from "@/components/date-time-field";
import { Dialog } from "@/components/dialog";
import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import { wallTimeAfter } from "@/lib/dates";
import { useZone } from "@/lib/session";
import type { SourceRef } from "@/lib/variant";

import { type Destination, accountsOptions, destinationKey, schedule, useDestinations } from "../schedule";
import { DestinationRow } from "./destination-row";

interface ScheduleButtonProps {
  source: SourceRef;
  title: string;
  isPublished: boolean;
  isDisabled: boolean;
}

/** Approve and plan: where it goes and when. It opens a dialog and never sends by itself. */
export function ScheduleButton({ source, title, isPublished, isDisabled }: ScheduleButtonProps) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button onClick={open} disabled={isDisabled} title={isDisabled ? t("schedule.save_first") : undefined}>
        {t("schedule.open")}
      </Button>
      <Dialog title={t("schedule.title", { title })} isOpen={isOpen} onClose={close} size={640}>
        <ScheduleForm source={source} isPublished={isPublished} onDone={close} />
      </Dialog>
    </>
  );
}

function ScheduleForm({ source, isPublished, onDone }: { source: SourceRef; isPublished: boolean; onDone: () => void }) {
  const { t } = useTranslation();
  const zone = useZone();
  const accounts = useQuery(accountsOptions);
  const destinations = useDestinations(source.kind, accounts.data ?? []);
  const [chosen, setChosen] = useState<string[]>([]);
  const [when, setWhen] = useState<"now" | "at">("at");
  const [at, setAt] = useState<string | null>(() => wallTimeAfter(60, zone));
  const [failed, setFailed] = useState<{ destination: Destination; error: unknown }[]>([]);
  const client = useQueryClient();
  const plan = useMutation({
    mutationFn: async () => {
      const refused: typeof failed = [];
      for (const destination of destinations.filter((one) => chosen.includes(destinationKey(one)))) {
        await schedule(source, destination, when === "now" || at === null ? null : { wallTime: at, zone }).catch(
          (error: unknown) => refused.push({ destination, error }),
        );
      }
      return refused;
    },
    onSuccess: (refused) => {
      setFailed(refused);
      // What was planned is planned; only what was refused stays chosen.
      setChosen(refused.map(({ destination }) => destinationKey(destination)));
      if (refused.length === 0) onDone();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["deliveries"] }),
  });
  if (accounts.isPending) return <ListSkeleton rows={3} />;
  if (accounts.error !== null) return <ErrorPanel error={accounts.error} retry={() => void accounts.refetch()} />;
  if (destinations.length === 0) return <EmptyState title={t("schedule.no_account")} />;
  return (
    <Stack gap={16}>
      {!isPublished && (
        <Alert variant="outline" color="yellow" title={t("schedule.not_published")}>
          {t("schedule.publish_first")}
        </Alert>
      )}
      <Checkbox.Group label={t("schedule.where")} value={chosen} onChange={setChosen}>
        <Stack gap={8} mt={8}>
          {destinations.map((destination) => (
            <DestinationRow key={destinationKey(destination)} source={source} destination={destination} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Stack gap={8}>
        <SegmentedControl
          value={when}
          onChange={(next) => {
            setWhen(next as "now" | "at");
          }}
          data={[
            { value: "at", label: t("schedule.later") },
            { value: "now", label: t("schedule.now") },
          ]}
          aria-label={t("schedule.when")}
        />
        {when === "at" && <DateTimeField label={t("schedule.at", { zone })} value={at} onChange={setAt} />}
      </Stack>
      {failed.map(({ destination, error }) => (
        <Stack key={destinationKey(destination)} gap={4}>
          <Text fw={600}>{destination.name}</Text>
          <ErrorPanel error={error} />
        </Stack>
      ))}
      <Text size="sm" c="dimmed">
        {t("schedule.freezes")}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {t("dialog.back")}
        </Button>
        <Button
          disabled={chosen.length === 0}
          loading={plan.isPending}
          onClick={() => {
            plan.mutate();
          }}
        >
          {t(when === "now" ? "schedule.send" : "schedule.plan")}
        </Button>
      </Group>
    </Stack>
  );
}
