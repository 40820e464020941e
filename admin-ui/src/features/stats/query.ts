import { parse, print } from "@0no-co/graphql.web";
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import type { TadaDocumentNode } from "gql.tada";

import { wallTimeAfter } from "@/lib/dates";
import { type ResultOf, graphql, request } from "@/lib/graphql";
import type { StatsSearch } from "@/lib/search";
import { siteOptions } from "@/lib/session";
import { instantOf } from "@/lib/zones";

import { type Statistic, daysUntil } from "./figures";

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

const FiguresFields = graphql(`
  fragment Figures on Statistic @_unmask {
    day
    metric
    value
  }
`);

type Series = Record<string, ResultOf<typeof FiguresFields>[]>;

/** The figures of many deliveries, asked for at once; the server takes sixty names in a query, and fifty are shown. */
function seriesQuery(ids: string[]): TadaDocumentNode<Series, { since: string }> {
  const parts = ids.map((id, index) => `${nameOf(index)}: statisticSeries(delivery: ${JSON.stringify(id)}, since: $since) { ...Figures }`);
  return parse(`query StatisticSeries($since: String!) { ${parts.join(" ")} } ${print(FiguresFields)}`) as TadaDocumentNode<Series, { since: string }>;
}

function nameOf(index: number): string {
  return `of${String(index)}`;
}

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

/** The kept figures of each delivery, in its order. */
export const seriesOptions = (deliveries: LiveDelivery[], since: string) => {
  const ids = deliveries.map(({ id }) => id);
  return queryOptions({
    queryKey: ["statistics", since, ids],
    queryFn: async ({ signal }): Promise<Statistic[][]> => {
      if (ids.length === 0) return [];
      const found = await request(seriesQuery(ids), { since }, signal);
      return ids.map((_, index) => (found[nameOf(index)] ?? []).map(({ day, metric, value }) => ({ day, metric, value: value === null ? null : Number(value) })));
    },
    staleTime: 60_000,
  });
};

/** The days that are looked at, and the instant at which the first of them begins. */
export function stretchOf({ days = 30 }: StatsSearch, zone: string): { days: string[]; from: string } {
  const all = daysUntil(wallTimeAfter(0, zone).slice(0, 10), days);
  return { days: all, from: instantOf(`${all[0] ?? ""}T00:00`, zone).toISOString() };
}

/** Asks for what the page shows while its code is still on its way. */
export async function readStatsAhead(client: QueryClient, search: StatsSearch): Promise<void> {
  const { zone } = await client.ensureQueryData(siteOptions);
  const { days, from } = stretchOf(search, zone);
  const { nodes } = await client.ensureQueryData(liveOptions(from, search.channel));
  await client.prefetchQuery(seriesOptions(nodes, days[0] ?? ""));
}
