import { useQueries } from "@tanstack/react-query";

import { type Quota, isNearEnd, outlookOptions } from "@/lib/outlook";

import type { HomeAccount } from "./query";

/** An allowance that is near its end today. */
export interface TightAllowance {
  account: HomeAccount;
  lane: string;
  quota: Quota;
}

/** What is near its end today for each account that can send; and why that is not known, where it is not. */
export function useTightAllowances(accounts: HomeAccount[]): { tight: TightAllowance[]; error: Error | null } {
  const active = accounts.filter(({ status }) => status === "ACTIVE");
  const outlooks = useQueries({ queries: active.map(({ id }) => outlookOptions(id)) });
  const tight = active.flatMap((account, place) =>
    (outlooks[place]?.data ?? []).flatMap(({ lane, quotas }) => quotas.filter(isNearEnd).map((quota) => ({ account, lane, quota }))),
  );
  return { tight, error: outlooks.find(({ error }) => error !== null)?.error ?? null };
}
