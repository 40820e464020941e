import { queryOptions } from "@tanstack/react-query";

import { wallTimeOf } from "@/lib/dates";
import { type ResultOf, graphql, request } from "@/lib/graphql";

const HOUR = 3_600_000;

const HomeDeliveryFields = graphql(`
  fragment HomeDeliveryFields on Delivery @_unmask {
    id
    title
    sourceId
    sourceKind
    channel
    lane
    state
    actions
    sentence
    params
    dueAt
    nextRunAt
    giveUpAt
    publishedAt
    updatedAt
    attemptCount
    externalUrl
    steps {
      name
      state
    }
  }
`);

const HomeQuery = graphql(
  `
  query Home($weekAgo: DateTime!, $soon: DateTime!) {
    waiting: deliveries(
      filter: { states: [NEEDS_REVIEW, WAITING_USER, REJECTED, FAILED, MISSED], dueFrom: $weekAgo }
      first: 20
    ) {
      nodes {
        ...HomeDeliveryFields
      }
    }
    held: deliveries(filter: { states: [HELD] }, first: 100) {
      nodes {
        ...HomeDeliveryFields
      }
    }
    next: deliveries(
      filter: {
        states: [SCHEDULED, HELD, READY, WORKING, RETRY_WAIT, WAITING_CHANNEL, UNCERTAIN, RECONCILING]
        dueBefore: $soon
      }
      first: 20
    ) {
      nodes {
        ...HomeDeliveryFields
      }
    }
    recent: deliveries(filter: { states: [PUBLISHED] }, first: 8) {
      nodes {
        ...HomeDeliveryFields
      }
    }
    accounts {
      id
      name
      status
      isGrantEnding
      grantExpiresAt
      channel {
        id
      }
    }
  }
  `,
  [HomeDeliveryFields],
);

const WeekQuery = graphql(`
  query Week($from: String!) {
    deliveryDays(from: $from, count: 7) {
      day
      channel
      published
      planned
      troubled
    }
  }
`);

export type Day = ResultOf<typeof WeekQuery>["deliveryDays"][number];

/** Three days back, today, three days on, by the wall of the site. */
export const weekOptions = (zone: string) =>
  queryOptions({
    queryKey: ["deliveries", "week", zone],
    queryFn: async ({ signal }) => {
      const days = Array.from({ length: 7 }, (_, index) => wallTimeOf(new Date(Date.now() + (index - 3) * 24 * HOUR).toISOString(), zone).slice(0, 10));
      const { deliveryDays } = await request(WeekQuery, { from: days[0] ?? "" }, signal);
      return { days, today: days[3], figures: deliveryDays };
    },
    refetchInterval: 30_000,
  });

export type HomeDelivery = ResultOf<typeof HomeQuery>["recent"]["nodes"][number];
export type HomeAccount = ResultOf<typeof HomeQuery>["accounts"][number];

/** Whether what is on hold goes on only when a person says so. */
function asksForPerson({ actions, sentence }: HomeDelivery): boolean {
  return actions.includes("APPROVE") || sentence === "held_late";
}

/** The day at a glance, read again while somebody looks at it. */
export const homeOptions = queryOptions({
  queryKey: ["deliveries", "home"],
  queryFn: async ({ signal }) => {
    const now = Date.now();
    const at = (hours: number) => new Date(now + hours * HOUR).toISOString();
    const home = await request(HomeQuery, { weekAgo: at(-7 * 24), soon: at(24) }, signal);
    const asking = home.held.nodes.filter(asksForPerson);
    return {
      accounts: home.accounts,
      waiting: [...asking, ...home.waiting.nodes],
      // The server gives the latest first; a day is read from its morning.
      next: home.next.nodes.filter(({ id }) => asking.every((one) => one.id !== id)).reverse(),
      recent: home.recent.nodes,
    };
  },
  refetchInterval: 5_000,
});
