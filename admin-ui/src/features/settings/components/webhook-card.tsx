import { Button, Code, Group, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { StateChip } from "@/components/state-chip";
import { ErrorPanel } from "@/components/states";
import { Time } from "@/components/time";
import { listed } from "@/lib/text";

import { type Webhook, testWebhook, turnWebhook } from "../webhook-query";
import { DeleteWebhook } from "./delete-webhook";
import { EditWebhook } from "./webhook-dialogs";
import { WebhookMessages } from "./webhook-messages";

/** One listener: whether it listens, what it was told, and what can be done about it. */
export function WebhookCard({ webhook, topics }: { webhook: Webhook; topics: string[] }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const isPaused = webhook.pausedAt !== null;
  const onSettled = () => client.invalidateQueries({ queryKey: ["webhooks"] });
  const test = useMutation({ mutationFn: () => testWebhook(webhook), onSettled });
  const turn = useMutation({ mutationFn: () => turnWebhook(webhook), onSettled });
  const failed = test.error ?? turn.error;
  return (
    <section className="card pad" aria-label={webhook.name}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4}>
          <Group gap={12}>
            <Title order={2}>{webhook.name}</Title>
            <StateChip state={isPaused ? "paused" : "active"} />
          </Group>
          <Code className="wrap">{webhook.url}</Code>
          <Text size="sm" c="dimmed">
            {listed(webhook.topics)}
          </Text>
          {webhook.pauseReason !== null && <Text size="sm">{t(`settings.webhook_${webhook.pauseReason}`)}</Text>}
          {webhook.lastSuccessAt !== null && (
            <Text size="sm" c="dimmed">
              {t("settings.webhook_heard")} <Time at={webhook.lastSuccessAt} />
            </Text>
          )}
        </Stack>
        <Group gap={8}>
          <Button variant="default" loading={test.isPending} onClick={() => { test.mutate(); }}>
            {t("settings.webhook_test")}
          </Button>
          <Button variant="default" loading={turn.isPending} onClick={() => { turn.mutate(); }}>
            {t(isPaused ? "account.resume" : "account.pause")}
          </Button>
          <EditWebhook webhook={webhook} topics={topics} />
          <DeleteWebhook webhook={webhook} />
        </Group>
      </Group>
      {failed !== null && <ErrorPanel error={failed} />}
      <WebhookMessages webhook={webhook} />
    </section>
  );
}
