import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { wallTimeOf } from "@/lib/dates";
import { type ResultOf, graphql, request } from "@/lib/graphql";
import type { Blackout } from "@/lib/session";
import type { SourceRef } from "@/lib/variant";

import type { Destination } from "./schedule";

const NearbyQuery = graphql(`
  query ScheduleNearby($filter: DeliveryFilter) {
    deliveries(filter: $filter, first: 100) {
      nodes {
        id
        sourceId
        title
        lane
        state
        dueAt
        withdrawnAt
        account {
          id
        }
      }
    }
  }
`);

export type Nearby = ResultOf<typeof NearbyQuery>["deliveries"]["nodes"][number];

const MINUTE = 60_000;
/** Two items of one account that are closer than this stand in each other's way. */
export const CLOSE_MINUTES = 30;
const WAITING = ["SCHEDULED", "HELD", "READY"] as const;
const GONE = ["CANCELLED", "FAILED", "REJECTED", "MISSED"];

/** Where the source went already, or is going. */
export const earlierOptions = (source: SourceRef) =>
  queryOptions({
    queryKey: ["deliveries", "of", source.id],
    queryFn: async ({ signal }) => (await request(NearbyQuery, { filter: { source: source.id } }, signal)).deliveries.nodes,
  });

/** What else is due around the given instants. */
export const aroundOptions = (instants: number[]) => {
  const known = instants.filter(Number.isFinite);
  const [first, last] = known.length === 0 ? [0, 0] : [Math.min(...known), Math.max(...known)];
  const from = new Date(first - CLOSE_MINUTES * MINUTE).toISOString();
  const until = new Date(last + CLOSE_MINUTES * MINUTE).toISOString();
  const filter = { states: [...WAITING], dueFrom: from, dueBefore: until };
  return queryOptions({
    queryKey: ["deliveries", "around", from, until],
    queryFn: async ({ signal }) => (await request(NearbyQuery, { filter }, signal)).deliveries.nodes,
    enabled: known.length > 0,
    placeholderData: keepPreviousData,
  });
};

/** The delivery of the source that is on its way to a destination, or live there. */
export function earlierAt({ account, lane }: Destination, earlier: Nearby[]): Nearby | undefined {
  return earlier.find(
    (one) => one.account?.id === account && one.lane === lane && one.withdrawnAt === null && !GONE.includes(one.state),
  );
}

/** The span in which nothing should be published and into which an instant falls. */
export function blackoutAt(at: number, zone: string, blackouts: Blackout[]): Blackout | undefined {
  if (!Number.isFinite(at)) return undefined;
  const wall = wallTimeOf(new Date(at).toISOString(), zone);
  return blackouts.find(({ from, until }) => from <= wall && wall < until);
}

/** What else goes out through the same account at nearly the same time. */
export function closeTo({ account }: Destination, at: number, source: SourceRef, around: Nearby[]): Nearby | undefined {
  return around.find(
    (one) =>
      one.account?.id === account && one.sourceId !== source.id && Math.abs(Date.parse(one.dueAt) - at) < CLOSE_MINUTES * MINUTE,
  );
}
