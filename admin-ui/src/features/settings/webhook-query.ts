import { queryOptions } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "@/lib/graphql";

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

export type Webhook = ResultOf<typeof WebhooksQuery>["webhooks"][number];

/** A webhook as it is being typed. */
export interface WebhookDraft {
  name: string;
  url: string;
  topics: string[];
}

/** Every webhook of the site, and what they can be told of. */
export const webhooksOptions = queryOptions({
  queryKey: ["webhooks"],
  queryFn: ({ signal }) => request(WebhooksQuery, {}, signal),
});

/** What a webhook was told last; read again while somebody looks at it. */
export const messagesOptions = (webhook: string) =>
  queryOptions({
    queryKey: ["webhooks", webhook, "messages"],
    queryFn: async ({ signal }) => (await request(MessagesQuery, { webhook }, signal)).webhookMessages.nodes,
    refetchInterval: 5_000,
  });

/** Makes a webhook and gives its secret, which is told only now. */
export async function createWebhook(draft: WebhookDraft): Promise<string> {
  return (await request(Create, { input: draft })).createWebhook.secret;
}

/** Changes what a webhook is called, where it is, and of what it is told. */
export async function updateWebhook({ id, version }: Webhook, draft: WebhookDraft): Promise<void> {
  await request(Update, { input: { id, baseVersion: version, ...draft } });
}

/** Sends a webhook a message that says nothing, to see whether it listens. */
export async function testWebhook({ id }: Webhook): Promise<void> {
  await request(Test, { input: { id } });
}

/** Stops telling a webhook, or goes on. */
export async function turnWebhook({ id, pausedAt }: Webhook): Promise<void> {
  await (pausedAt === null ? request(Pause, { input: { id } }) : request(Resume, { input: { id } }));
}

export async function deleteWebhook({ id }: Webhook): Promise<void> {
  await request(Delete, { input: { id } });
}

/** Tells a message once more. */
export async function replayMessage(id: string): Promise<void> {
  await request(Replay, { input: { id } });
}
