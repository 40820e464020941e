import { Button, Code, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";
import { Time } from "@/components/time";
import { cause } from "@/lib/refusal";

import { type Webhook, messagesOptions, replayMessage } from "../webhook-query";

/** What a listener was told last; what did not arrive can be told again. */
export function WebhookMessages({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useQuery(messagesOptions(webhook.id));
  const replay = useMutation({
    mutationFn: replayMessage,
    onSettled: () => client.invalidateQueries({ queryKey: ["webhooks", webhook.id] }),
  });
  if (query.data === undefined || query.data.length === 0) return null;
  return (
    <Stack gap={4} mt={8}>
      {replay.error !== null && <ErrorPanel error={replay.error} />}
      {query.data.map((message) => {
        const last = message.attempts.at(-1);
        return (
          <Group key={message.id} gap={12}>
            <Time at={message.createdAt} />
            <Code>{message.topic}</Code>
            <Text size="sm" c={message.state === "FAILED" ? "var(--fenfa-bad)" : "dimmed"}>
              {t(`settings.message_${message.state}`)}
              {last?.httpStatus != null && ` · HTTP ${String(last.httpStatus)}`}
              {last?.httpStatus == null && last?.error != null && ` · ${cause(last.error).text}`}
            </Text>
            {(message.state === "FAILED" || message.state === "SENT") && (
              <Button size="compact-xs" variant="default" onClick={() => { replay.mutate(message.id); }}>
                {t("settings.message_replay")}
              </Button>
            )}
          </Group>
        );
      })}
    </Stack>
  );
}
