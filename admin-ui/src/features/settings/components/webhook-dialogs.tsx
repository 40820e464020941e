import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { type Webhook, type WebhookDraft, createWebhook, updateWebhook } from "../webhook-query";
import { WebhookForm } from "./webhook-form";

const EMPTY: WebhookDraft = { name: "", url: "", topics: [] };

/** Names somebody who is told from now on; the secret is shown once. */
export function NewWebhook({ topics, onMade }: { topics: string[]; onMade: (secret: string) => void }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const client = useQueryClient();
  const save = async (draft: WebhookDraft) => {
    onMade(await createWebhook(draft));
    await client.invalidateQueries({ queryKey: ["webhooks"] });
  };
  return (
    <>
      <Button onClick={open}>{t("settings.webhook_new")}</Button>
      {isOpen && <WebhookForm title={t("settings.webhook_new")} action={t("settings.webhook_create")} first={EMPTY} topics={topics} save={save} onClose={close} />}
    </>
  );
}

/** Changes whom, where and of what. */
export function EditWebhook({ webhook, topics }: { webhook: Webhook; topics: string[] }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const client = useQueryClient();
  const save = async (draft: WebhookDraft) => {
    await updateWebhook(webhook, draft);
    await client.invalidateQueries({ queryKey: ["webhooks"] });
  };
  const { name, url } = webhook;
  const first = { name, url, topics: webhook.topics };
  return (
    <>
      <Button variant="default" onClick={open}>
        {t("settings.webhook_edit")}
      </Button>
      {isOpen && <WebhookForm title={t("settings.webhook_edit")} action={t("settings.webhook_save")} first={first} topics={topics} save={save} onClose={close} />}
    </>
  );
}
