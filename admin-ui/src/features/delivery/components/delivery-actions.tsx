import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";
import { ErrorPanel } from "@/components/states";
import { graphql, request } from "@/lib/graphql";

import { type Action, actionsOf } from "../actions";
import type { Delivery } from "../query";
import { RescheduleDialog } from "./reschedule-dialog";
import { ResolveDialog } from "./resolve-dialog";

const Cancel = graphql(`
  mutation CancelDelivery($input: DeliveryInput!) {
    cancelDelivery(input: $input) {
      delivery {
        id
      }
    }
  }
`);

const Retry = graphql(`
  mutation RetryDelivery($input: DeliveryInput!) {
    retryDelivery(input: $input) {
      delivery {
        id
      }
    }
  }
`);

/** The buttons of a delivery's state. Each asks before it does anything. */
export function DeliveryActions({ delivery }: { delivery: Delivery }) {
  const actions = actionsOf(delivery);
  const has = (action: Action) => actions.includes(action);
  return (
    <>
      {has("cancel") && <Asking delivery={delivery} action="cancel" />}
      {has("reschedule") && <RescheduleDialog id={delivery.id} wallTime={delivery.wallTime} zone={delivery.zone} />}
      {has("retry") && <Asking delivery={delivery} action="retry" />}
      {has("resolve") && <ResolveDialog delivery={delivery} />}
    </>
  );
}

function Asking({ delivery, action }: { delivery: Delivery; action: "cancel" | "retry" }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: async () => {
      const variables = { input: { id: delivery.id } };
      await (action === "cancel" ? request(Cancel, variables) : request(Retry, variables));
    },
    onSuccess: close,
    onSettled: () => client.invalidateQueries({ queryKey: ["deliveries"] }),
  });
  return (
    <>
      <Button variant={action === "cancel" ? "default" : "filled"} onClick={open}>
        {t(`delivery.${action}`)}
      </Button>
      <Dialog title={t(`delivery.${action}_title`)} isOpen={isOpen} onClose={close}>
        <Text>{t(`delivery.${action}_asks`, { title: delivery.title })}</Text>
        {act.error !== null && <ErrorPanel error={act.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("dialog.back")}
          </Button>
          <Button
            loading={act.isPending}
            onClick={() => {
              act.mutate();
            }}
          >
            {t(`delivery.${action}_yes`)}
          </Button>
        </Group>
      </Dialog>
    </>
  );
}
