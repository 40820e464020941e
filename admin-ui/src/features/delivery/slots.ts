import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "@/lib/graphql";
import type { SourceRef } from "@/lib/variant";

import type { Destination } from "./schedule";

const NextSlotQuery = graphql(`
  query NextFreeSlot($destinations: [DestinationInput!]!) {
    nextFreeSlot(destinations: $destinations)
  }
`);

const BestTimeQuery = graphql(`
  query BestTime($account: ID!) {
    bestTime(account: $account) {
      sampleSize
      needed
      best {
        hour
        sampleSize
        views
        usualViews
      }
    }
  }
`);

const MissedRuleQuery = graphql(`
  query MissedRule($source: SourceInput!) {
    missedRule(source: $source) {
      policy
      windowMinutes
    }
  }
`);

const SetMissedRule = graphql(`
  mutation SetMissedRule($input: SetMissedRuleInput!) {
    setMissedRule(input: $input) {
      rule {
        policy
      }
    }
  }
`);

export type BestTime = ResultOf<typeof BestTimeQuery>["bestTime"];
export type MissedRule = ResultOf<typeof MissedRuleQuery>["missedRule"];

/** The next half hour at which all of these have room; null when the next two weeks are full. */
export const nextSlotOptions = (destinations: Destination[]) => {
  const ways = destinations.map(({ account, lane }) => ({ account, lane }));
  return queryOptions({
    queryKey: ["deliveries", "next-slot", ways],
    queryFn: async ({ signal }) => (await request(NextSlotQuery, { destinations: ways }, signal)).nextFreeSlot,
    enabled: ways.length > 0,
    placeholderData: keepPreviousData,
  });
};

/** The hour at which an account's items did best, by what its platform told. */
export const bestTimeOptions = (account: string) =>
  queryOptions({
    queryKey: ["accounts", "best-time", account],
    queryFn: async ({ signal }) => (await request(BestTimeQuery, { account }, signal)).bestTime,
    staleTime: 3_600_000,
  });

/** What becomes of the source's deliveries whose time passes while nobody can send them. */
export const missedRuleOptions = (source: SourceRef) =>
  queryOptions({
    queryKey: ["missed-rule", source.kind, source.id],
    queryFn: async ({ signal }) => (await request(MissedRuleQuery, { source }, signal)).missedRule,
  });

/** Decides that for what is planned from now on. */
export async function setMissedRule(source: SourceRef, { policy, windowMinutes }: MissedRule): Promise<void> {
  await request(SetMissedRule, { input: { source, policy, windowMinutes } });
}
