import { Button, Group, List, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";
import { ErrorPanel } from "@/components/states";
import { useChannelNames } from "@/lib/channels";
import { graphql, request } from "@/lib/graphql";

import type { Delivery } from "../query";

const WithdrawEverywhere = graphql(`
  mutation WithdrawEverywhere($input: WithdrawEverywhereInput!) {
    withdrawEverywhere(input: $input) {
      withdrawals {
        outcome
        delivery {
          id
          channel
          lane
        }
        takedown {
          id
        }
      }
    }
  }
`);

/** Takes an item down wherever it went, and says for each way what becomes of it. */
export function WithdrawEverywhereDialog({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const nameOf = useChannelNames();
  const client = useQueryClient();
  const withdraw = useMutation({
    mutationFn: async () => {
      const source = { kind: delivery.sourceKind, id: delivery.sourceId };
      return (await request(WithdrawEverywhere, { input: { source } })).withdrawEverywhere.withdrawals;
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["deliveries"] }),
  });
  return (
    <>
      <Button variant="default" onClick={open}>
        {t("delivery.everywhere")}
      </Button>
      <Dialog title={t("delivery.everywhere_title")} isOpen={isOpen} onClose={close}>
        {withdraw.data === undefined ? (
          <Text>{t("delivery.everywhere_asks", { title: delivery.title })}</Text>
        ) : (
          <>
            <Text role="status">{t("delivery.everywhere_done")}</Text>
            <List spacing={8}>
              {withdraw.data.map((one) => (
                <List.Item key={one.delivery.id}>
                  <Link to="/deliveries/$id" params={{ id: one.takedown?.id ?? one.delivery.id }} onClick={close}>
                    {nameOf(one.delivery.channel, one.delivery.lane)}
                  </Link>
                  {"　"}
                  {t(`delivery.withdrawal_${one.outcome}`)}
                </List.Item>
              ))}
            </List>
          </>
        )}
        {withdraw.error !== null && <ErrorPanel error={withdraw.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t(withdraw.data === undefined ? "dialog.back" : "dialog.close")}
          </Button>
          {withdraw.data === undefined && (
            <Button
              color="red"
              loading={withdraw.isPending}
              onClick={() => {
                withdraw.mutate();
              }}
            >
              {t("delivery.everywhere_yes")}
            </Button>
          )}
        </Group>
      </Dialog>
    </>
  );
}
