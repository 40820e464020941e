import { queryOptions } from "@tanstack/react-query";

import { graphql, request } from "@/lib/graphql";

import { type Account, type Values, toList } from "./query";

const OutlookQuery = graphql(`
  query DisconnectionOutlook($account: ID!) {
    disconnectionOutlook(account: $account) {
      cancelledCount
      unclearCount
      liveCount
    }
  }
`);

const Disconnect = graphql(`
  mutation DisconnectAccount($input: AccountInput!) {
    disconnectAccount(input: $input) {
      account {
        id
      }
    }
  }
`);

const Reconnect = graphql(`
  mutation ReconnectAccount($input: ReconnectAccountInput!) {
    reconnectAccount(input: $input) {
      account {
        id
      }
    }
  }
`);

/** What parting with an account would do to what is planned, under way and live. */
export const disconnectionOptions = (account: string) =>
  queryOptions({
    queryKey: ["accounts", "disconnection", account],
    queryFn: async ({ signal }) => (await request(OutlookQuery, { account }, signal)).disconnectionOutlook,
    // Deliveries go on meanwhile.
    staleTime: 0,
  });

/** Parts with an account: its secrets are erased, and nothing is sent any more. */
export async function disconnectAccount(id: string): Promise<void> {
  await request(Disconnect, { input: { id } });
}

/** Connects it again; settings that the form does not show stay as they are. */
export async function reconnectAccount(account: Account, settings: Values, credentials: Values): Promise<void> {
  const kept = Object.fromEntries(account.settings.map((setting) => [setting.name, setting.value]));
  const input = {
    id: account.id,
    baseVersion: account.version,
    settings: toList({ ...kept, ...settings }),
    credentials: toList(credentials),
  };
  await request(Reconnect, { input });
}
