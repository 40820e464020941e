import { Button, Code, Group, MultiSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/components/form-dialog";
import { Secret } from "@/components/secret";
import { StateChip } from "@/components/state-chip";
import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import { Time } from "@/components/time";
import { type ResultOf, graphql, request } from "@/lib/graphql";

import { SettingsPage } from "../components/settings-page";

const WebhooksQuery = graphql(`
  query Webhooks {
    webhookTopics
    webhooks {
      id
      name
      url
      topics
      version
      pausedAt
      pauseReason
      failingSince
      lastSuccessAt
    }
  }
`);

const MessagesQuery = graphql(`
  query WebhookMessages($webhook: ID!) {
    webhookMessages(webhook: $webhook, first: 10) {
      nodes {
        id
        topic
        state
        attemptCount
        createdAt
        attempts {
          httpStatus
          error
        }
      }
    }
  }
`);

const Create = graphql(`
  mutation CreateWebhook($input: CreateWebhookInput!) {
    createWebhook(input: $input) {
      secret
    }
  }
`);
const Update = graphql(`
  mutation UpdateWebhook($input: UpdateWebhookInput!) {
    updateWebhook(input: $input) {
      webhook {
        id
      }
    }
  }
`);
const Test = graphql(`
  mutation TestWebhook($input: WebhookInput!) {
    testWebhook(input: $input) {
      __typename
    }
  }
`);
const Pause = graphql(`
  mutation PauseWebhook($input: WebhookInput!) {
    pauseWebhook(input: $input) {
      __typename
    }
  }
`);
const Resume = graphql(`
  mutation ResumeWebhook($input: WebhookInput!) {
    resumeWebhook(input: $input) {
      __typename
    }
  }
`);
const Delete = graphql(`
  mutation DeleteWebhook($input: WebhookInput!) {
    deleteWebhook(input: $input) {
      __typename
    }
  }
`);
const Replay = graphql(`
  mutation ReplayWebhookMessage($input: ReplayWebhookMessageInput!) {
    replayWebhookMessage(input: $input) {
      __typename
    }
  }
`);

type Webhook = ResultOf<typeof WebhooksQuery>["webhooks"][number];

/** Who is told of what happens here, and whether they listen. */
export function Webhooks() {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ["webhooks"],
    queryFn: ({ signal }) => request(WebhooksQuery, {}, signal),
  });
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

function WebhookCard({ webhook, topics }: { webhook: Webhook; topics: string[] }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const input = { id: webhook.id };
  const isPaused = webhook.pausedAt !== null;
  const onSettled = () => client.invalidateQueries({ queryKey: ["webhooks"] });
  const test = useMutation({ mutationFn: () => request(Test, { input }), onSettled });
  const turn = useMutation({
    mutationFn: async () => {
      await (isPaused ? request(Resume, { input }) : request(Pause, { input }));
    },
    onSettled,
  });
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
            {webhook.topics.join("、")}
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
          <DeleteButton webhook={webhook} />
        </Group>
      </Group>
      {failed !== null && <ErrorPanel error={failed} />}
      <Messages webhook={webhook} />
    </section>
  );
}

function Messages({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ["webhooks", webhook.id, "messages"],
    queryFn: async ({ signal }) => (await request(MessagesQuery, { webhook: webhook.id }, signal)).webhookMessages.nodes,
    refetchInterval: 5_000,
  });
  const replay = useMutation({
    mutationFn: (id: string) => request(Replay, { input: { id } }),
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
              {t(`settings.message_${message.state}`)} {last?.httpStatus ?? last?.error}
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

function DeleteButton({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => request(Delete, { input: { id: webhook.id } }),
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

const EMPTY = { name: "", url: "", topics: [] as string[] };

function NewWebhook({ topics, onMade }: { topics: string[]; onMade: (secret: string) => void }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const client = useQueryClient();
  const save = async (draft: typeof EMPTY) => {
    const made = await request(Create, { input: draft });
    onMade(made.createWebhook.secret);
    await client.invalidateQueries({ queryKey: ["webhooks"] });
  };
  return (
    <>
      <Button onClick={open}>{t("settings.webhook_new")}</Button>
      {isOpen && <WebhookForm title={t("settings.webhook_new")} action={t("settings.webhook_create")} first={EMPTY} topics={topics} save={save} onClose={close} />}
    </>
  );
}

function EditWebhook({ webhook, topics }: { webhook: Webhook; topics: string[] }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const client = useQueryClient();
  const { id, version, name, url } = webhook;
  const save = async (draft: typeof EMPTY) => {
    await request(Update, { input: { id, baseVersion: version, ...draft } });
    await client.invalidateQueries({ queryKey: ["webhooks"] });
  };
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

interface WebhookFormProps {
  title: string;
  action: string;
  first: typeof EMPTY;
  topics: string[];
  save: (draft: typeof EMPTY) => Promise<void>;
  onClose: () => void;
}

function WebhookForm({ title, action, first, topics, save, onClose }: WebhookFormProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(first);
  const saving = useMutation({ mutationFn: () => save(draft), onSuccess: onClose });
  const isReady = draft.name !== "" && draft.url !== "" && draft.topics.length > 0;
  return (
    <FormDialog title={title} action={action} isOpen onClose={onClose} mutation={saving} isReady={isReady}>
      <TextInput label={t("settings.name")} value={draft.name} onChange={(event) => { setDraft({ ...draft, name: event.currentTarget.value }); }} />
      <TextInput
        label={t("settings.webhook_url")}
        description={t("settings.webhook_url_help")}
        type="url"
        value={draft.url}
        onChange={(event) => { setDraft({ ...draft, url: event.currentTarget.value }); }}
      />
      <MultiSelect
        label={t("settings.webhook_topics")}
        data={topics}
        value={draft.topics}
        onChange={(chosen) => { setDraft({ ...draft, topics: chosen }); }}
        comboboxProps={{ withinPortal: false }}
        clearButtonProps={{ "aria-label": t("list.clear") }}
      />
    </FormDialog>
  );
}
