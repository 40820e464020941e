import { queryOptions } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "@/lib/graphql";

const AccountsQuery = graphql(`
  query Accounts {
    accounts {
      id
      name
      externalId
      status
      statusNote
      tokenExpiresAt
      checkedAt
      channel {
        id
      }
    }
  }
`);

const Check = graphql(`
  mutation CheckAccount($input: AccountInput!) {
    checkAccount(input: $input) {
      isUsable
      message
    }
  }
`);

const Pause = graphql(`
  mutation PauseAccount($input: AccountInput!) {
    pauseAccount(input: $input) {
      account {
        id
      }
    }
  }
`);

const Resume = graphql(`
  mutation ResumeAccount($input: AccountInput!) {
    resumeAccount(input: $input) {
      account {
        id
      }
    }
  }
`);

export type Account = ResultOf<typeof AccountsQuery>["accounts"][number];

export const accountsOptions = queryOptions({
  queryKey: ["accounts", "list"],
  queryFn: async ({ signal }) => (await request(AccountsQuery, {}, signal)).accounts,
});

/** What the platform says of an account now. */
export async function checkAccount(id: string) {
  return (await request(Check, { input: { id } })).checkAccount;
}

/** Nothing is sent to a paused account; what was sent already is still looked after. */
export async function pauseAccount(id: string): Promise<void> {
  await request(Pause, { input: { id } });
}

/** Sends again; what is too late by now is missed. */
export async function resumeAccount(id: string): Promise<void> {
  await request(Resume, { input: { id } });
}
