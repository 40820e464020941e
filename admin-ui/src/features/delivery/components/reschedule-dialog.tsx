import { Button, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";
import { ErrorPanel } from "@/components/states";
import { ZonedTimeField } from "@/components/zoned-time-field";
import { graphql, request } from "@/lib/graphql";
import { useNow } from "@/lib/now";
import { hasPassed } from "@/lib/zones";

const Reschedule = graphql(`
  mutation RescheduleDelivery($input: RescheduleDeliveryInput!) {
    rescheduleDelivery(input: $input) {
      delivery {
        id
      }
    }
  }
`);

/** Another time for a delivery of which nothing was sent. */
export function RescheduleDialog({ id, wallTime, zone }: { id: string; wallTime: string; zone: string }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const [at, setAt] = useState<string | null>(wallTime.slice(0, 16));
  const now = useNow();
  const client = useQueryClient();
  const move = useMutation({
    mutationFn: () => request(Reschedule, { input: { id, at: at === null ? null : { wallTime: at, zone } } }),
    onSuccess: close,
    onSettled: () => client.invalidateQueries({ queryKey: ["deliveries"] }),
  });
  return (
    <>
      <Button variant="default" onClick={open}>
        {t("delivery.reschedule")}
      </Button>
      <Dialog title={t("delivery.reschedule_title")} isOpen={isOpen} onClose={close}>
        <ZonedTimeField label={t("schedule.at", { zone })} value={at} onChange={setAt} zone={zone} now={now} />
        {move.error !== null && <ErrorPanel error={move.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("dialog.back")}
          </Button>
          <Button
            disabled={at === null || hasPassed(at, zone, now)}
            loading={move.isPending}
            onClick={() => {
              move.mutate();
            }}
          >
            {t("delivery.reschedule_yes")}
          </Button>
        </Group>
      </Dialog>
    </>
  );
}
