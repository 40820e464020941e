import { queryOptions } from "@tanstack/react-query";

import { useChannels } from "@/lib/channels";
import { type ResultOf, graphql, request } from "@/lib/graphql";
import { localText } from "@/lib/text";
import type { SourceRef } from "@/lib/variant";

const AccountsQuery = graphql(`
  query ScheduleAccounts {
    accounts {
      id
      name
      status
      lanes {
        lane
        standing
        reason
      }
      channel {
        id
      }
    }
  }
`);

const Schedule = graphql(`
  mutation ScheduleDelivery($input: ScheduleDeliveryInput!) {
    scheduleDelivery(input: $input) {
      delivery {
        id
      }
    }
  }
`);

type Account = ResultOf<typeof AccountsQuery>["accounts"][number];

/** A lane of an account. */
export interface Destination {
  account: string;
  channel: string;
  lane: string;
  /** Account and lane, as people see them. */
  name: string;
  accountName: string;
  laneName: string;
  status: Account["status"];
  /** Why the account may not use the lane, where a check found that it may not. */
  barred: string | null;
}

export const destinationKey = ({ account, lane }: Destination): string => `${account} ${lane}`;

function barredBy(account: Account, lane: string): string | null {
  const found = account.lanes.find((one) => one.lane === lane);
  return found?.standing === "BARRED" ? (found.reason ?? "") : null;
}

/** The accounts that content may be sent to; those that were parted with are history. */
export const accountsOptions = queryOptions({
  queryKey: ["accounts", "schedule"],
  queryFn: async ({ signal }) => (await request(AccountsQuery, {}, signal)).accounts.filter(({ status }) => status !== "DISCONNECTED"),
});

/** Every lane that takes such content, of every account. */
export function useDestinations(kind: SourceRef["kind"], accounts: Account[]): Destination[] {
  const channels = useChannels();
  return accounts.flatMap((account) => {
    const channel = channels.find((one) => one.id === account.channel?.id);
    const lanes = (channel?.lanes ?? []).filter((lane) => lane.takes.includes(kind));
    return lanes.map((lane) => ({
      account: account.id,
      channel: channel?.id ?? "",
      lane: lane.id,
      name: `${account.name} · ${localText(lane.name)}`,
      accountName: account.name,
      laneName: localText(lane.name),
      status: account.status,
      barred: barredBy(account, lane.id),
    }));
  });
}

/** Plans one delivery; without a time it goes at once. */
export async function schedule(
  source: SourceRef,
  { account, lane }: Destination,
  at: { wallTime: string; zone: string } | null,
): Promise<void> {
  await request(Schedule, { input: { source, account, lane, at } });
}
