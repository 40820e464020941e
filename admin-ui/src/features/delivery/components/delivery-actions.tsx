import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";
import { ErrorPanel } from "@/components/states";
import { useChannelNames } from "@/lib/channels";
import { graphql, request } from "@/lib/graphql";

import type { Delivery } from "../query";
import { ApproveDialog } from "./approve-dialog";
import { RescheduleDialog } from "./reschedule-dialog";
import { ResolveDialog } from "./resolve-dialog";
import { WithdrawEverywhereDialog } from "./withdraw-dialog";

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

const Withdraw = graphql(`
  mutation WithdrawDelivery($input: DeliveryInput!) {
    withdrawDelivery(input: $input) {
      withdrawals {
        outcome
      }
    }
  }
`);

const ASKING = {
  cancel: (id: string) => request(Cancel, { input: { id } }),
  retry: (id: string) => request(Retry, { input: { id } }),
  withdraw: (id: string) => request(Withdraw, { input: { id } }),
};

/** The buttons that the server allows now. Each asks before it does anything. */
export function DeliveryActions({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation();
  const has = (action: Delivery["actions"][number]) => delivery.actions.includes(action);
  const isPauseOrAccount = has("RESUME") || has("MEND_ACCOUNT");
  return (
    <>
      {has("CANCEL") && <Asking delivery={delivery} action="cancel" />}
      {has("WITHDRAW") && (
        <>
          <WithdrawEverywhereDialog delivery={delivery} />
          <Asking delivery={delivery} action="withdraw" />
        </>
      )}
      {has("RESCHEDULE") && <RescheduleDialog id={delivery.id} wallTime={delivery.wallTime} zone={delivery.zone} />}
      {has("RETRY") && <Asking delivery={delivery} action="retry" />}
      {isPauseOrAccount && (
        <Button component={Link} to="/channels">
          {t(has("RESUME") ? "delivery.to_pauses" : "delivery.to_account")}
        </Button>
      )}
      {has("APPROVE") && <ApproveDialog delivery={delivery} />}
      {has("RESOLVE") && <ResolveDialog delivery={delivery} />}
    </>
  );
}

function Asking({ delivery, action }: { delivery: Delivery; action: keyof typeof ASKING }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const channel = useChannelNames()(delivery.channel);
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: async () => {
      await ASKING[action](delivery.id);
    },
    onSuccess: close,
    onSettled: () => client.invalidateQueries({ queryKey: ["deliveries"] }),
  });
  return (
    <>
      <Button variant={action === "retry" ? "filled" : "default"} onClick={open}>
        {t(`delivery.${action}`)}
      </Button>
      <Dialog title={t(`delivery.${action}_title`, { channel })} isOpen={isOpen} onClose={close}>
        <Text>{t(`delivery.${action}_asks`, { title: delivery.title, channel })}</Text>
        {act.error !== null && <ErrorPanel error={act.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("dialog.back")}
          </Button>
          <Button
            color={action === "withdraw" ? "red" : undefined}
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
