import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Secret } from "@/components/secret";
import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";

import { SettingsPage } from "../components/settings-page";
import { WebhookCard } from "../components/webhook-card";
import { NewWebhook } from "../components/webhook-dialogs";
import { webhooksOptions } from "../webhook-query";

/** Who is told of what happens here, and whether they listen. */
export function Webhooks() {
  const { t } = useTranslation();
  const query = useQuery(webhooksOptions);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <SettingsPage section="webhooks" actions={<NewWebhook topics={query.data?.webhookTopics ?? []} onMade={setSecret} />}>
      {secret !== null && <Secret value={secret} />}
      {query.isPending && <ListSkeleton rows={3} />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {query.data?.webhooks.length === 0 && <EmptyState title={t("settings.webhooks_empty")} />}
      <Stack gap={16}>
        {query.data?.webhooks.map((webhook) => (
          <WebhookCard key={webhook.id} webhook={webhook} topics={query.data.webhookTopics} />
        ))}
      </Stack>
    </SettingsPage>
  );
}
