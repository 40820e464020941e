import { queryOptions } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "./graphql";

const OutlookQuery = graphql(`
  query AccountOutlook($account: ID!) {
    accountOutlook(account: $account) {
      lane
      quotas {
        name
        allowed
        taken
        planned
        isExceeded
        resetsAt
      }
    }
  }
`);

export type LaneOutlook = ResultOf<typeof OutlookQuery>["accountOutlook"][number];
export type Quota = LaneOutlook["quotas"][number];

/** What an account has left today; read again while somebody looks at it. */
export const outlookOptions = (account: string) =>
  queryOptions({
    queryKey: ["accounts", "outlook", account],
    queryFn: async ({ signal }) => (await request(OutlookQuery, { account }, signal)).accountOutlook,
    staleTime: 30_000,
    refetchInterval: 30_000,
  });

/** From which part on an allowance is near its end. */
const NEAR = 0.8;
/** One that holds fewer is meant to be used up; only too much is worth a word. */
const FEW = 5;

/** Whether an allowance is used up, or planned up, but for a little. */
export function isNearEnd({ allowed, taken, planned }: Quota): boolean {
  return allowed < FEW ? taken + planned > allowed : (taken + planned) / allowed >= NEAR;
}
