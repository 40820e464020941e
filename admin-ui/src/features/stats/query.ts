import { queryOptions, useQueries } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "@/lib/graphql";

import type { Statistic } from "./figures";

const LiveQuery = graphql(`
  query StatsDeliveries($filter: DeliveryFilter) {
    deliveries(filter: $filter, first: 50) {
      nodes {
        id
        title
        channel
        lane
        publishedAt
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

const SeriesQuery = graphql(`
  query StatisticSeries($delivery: ID!, $since: String!) {
    statisticSeries(delivery: $delivery, since: $since) {
      day
      metric
      value
    }
  }
`);

export type LiveDelivery = ResultOf<typeof LiveQuery>["deliveries"]["nodes"][number];

/** What went live lately: the latest fifty, and whether there were more. */
export const liveOptions = (dueFrom: string, channel: string | undefined) =>
  queryOptions({
    queryKey: ["deliveries", "stats", dueFrom, channel],
    queryFn: async ({ signal }) => {
      const filter = { states: ["PUBLISHED" as const], dueFrom, channel: channel ?? null };
      return (await request(LiveQuery, { filter }, signal)).deliveries;
    },
  });

/** The kept figures of each delivery, in its order; nothing while they are read. */
export function useSeries(deliveries: LiveDelivery[], since: string) {
  const queries = useQueries({
    queries: deliveries.map(({ id }) => ({
      queryKey: ["statistics", id, since],
      queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Statistic[]> => {
        const found = (await request(SeriesQuery, { delivery: id, since }, signal)).statisticSeries;
        return found.map(({ day, metric, value }) => ({ day, metric, value: value === null ? null : Number(value) }));
      },
      staleTime: 60_000,
    })),
  });
  return {
    series: queries.map(({ data }) => data),
    isPending: queries.some((query) => query.isPending),
    error: queries.find((query) => query.error !== null)?.error ?? null,
    refetch: () => {
      for (const query of queries) void query.refetch();
    },
  };
}
