import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/components/form-dialog";

import { type Webhook, deleteWebhook } from "../webhook-query";

/** Ends a listener, once it was asked for twice. */
export function DeleteWebhook({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteWebhook(webhook),
    onSuccess: close,
    onSettled: () => client.invalidateQueries({ queryKey: ["webhooks"] }),
  });
  return (
    <>
      <Button variant="default" onClick={open}>
        {t("settings.webhook_delete")}
      </Button>
      <FormDialog title={t("settings.webhook_delete")} action={t("settings.webhook_delete")} isOpen={isOpen} onClose={close} mutation={remove} isDangerous>
        <Text>{t("settings.webhook_delete_asks", { name: webhook.name })}</Text>
      </FormDialog>
    </>
  );
}
