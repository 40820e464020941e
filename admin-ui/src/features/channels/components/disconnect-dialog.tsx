import { Button, Group, List, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";
import { ErrorPanel, ListSkeleton } from "@/components/states";
import { useChannelNames } from "@/lib/channels";

import { disconnectAccount, disconnectionOptions } from "../disconnect";
import type { Account } from "../query";

/** Parts with an account, after saying what becomes of what is planned, under way and live. */
export function DisconnectDialog({ account }: { account: Account }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" onClick={open}>
        {t("disconnect.open")}
      </Button>
      <Dialog title={t("disconnect.title", { name: account.name })} isOpen={isOpen} onClose={close}>
        <Consequences account={account} onClose={close} />
      </Dialog>
    </>
  );
}

function Consequences({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t } = useTranslation();
  const channel = useChannelNames()(account.channel?.id ?? "");
  const [typed, setTyped] = useState("");
  const client = useQueryClient();
  const outlook = useQuery(disconnectionOptions(account.id));
  const disconnect = useMutation({
    mutationFn: () => disconnectAccount(account.id),
    onSuccess: onClose,
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ["accounts"] });
      await client.invalidateQueries({ queryKey: ["deliveries"] });
    },
  });
  if (outlook.isPending) return <ListSkeleton rows={3} />;
  if (outlook.error !== null) return <ErrorPanel error={outlook.error} retry={() => void outlook.refetch()} />;
  const { cancelledCount, unclearCount, liveCount } = outlook.data;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() === account.name) disconnect.mutate();
      }}
    >
      <Stack gap={16}>
        <List spacing={4}>
          <List.Item>{t("disconnect.secrets")}</List.Item>
          <List.Item>{cancelledCount === 0 ? t("disconnect.cancels_none") : t("disconnect.cancels", { count: cancelledCount })}</List.Item>
          {unclearCount > 0 && <List.Item>{t("disconnect.unclear", { count: unclearCount, channel })}</List.Item>}
          <List.Item>{liveCount === 0 ? t("disconnect.keeps_none") : t("disconnect.keeps", { count: liveCount, channel })}</List.Item>
          <List.Item>{t("disconnect.back")}</List.Item>
        </List>
        <Text c="dimmed">{t("disconnect.revoke", { channel })}</Text>
        <TextInput
          label={t("disconnect.type", { name: account.name })}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          onChange={(event) => {
            setTyped(event.currentTarget.value);
          }}
        />
        {disconnect.error !== null && <ErrorPanel error={disconnect.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("dialog.back")}
          </Button>
          <Button type="submit" color="red" loading={disconnect.isPending} disabled={typed.trim() !== account.name}>
            {cancelledCount === 0 ? t("disconnect.yes") : t("disconnect.yes_count", { count: cancelledCount })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
