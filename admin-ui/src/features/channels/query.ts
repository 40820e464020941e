import { queryOptions } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "@/lib/graphql";

export const AccountFields = graphql(`
  fragment AccountFields on Account @_unmask {
    id
    name
    externalId
    externalName
    hookUrl
    status
    statusNote
    tokenExpiresAt
    grantExpiresAt
    isGrantEnding
    checkedAt
    createdAt
    version
    settings {
      name
      value
    }
    lanes {
      lane
      standing
      reason
    }
    channel {
      id
    }
  }
`);

const AccountsQuery = graphql(
  `
  query Accounts {
    accounts {
      ...AccountFields
    }
  }
  `,
  [AccountFields],
);

const AccountQuery = graphql(
  `
  query Account($id: ID!) {
    account(id: $id) {
      ...AccountFields
    }
  }
  `,
  [AccountFields],
);

const FormsQuery = graphql(`
  query ConnectForms {
    channels {
      id
      redirectUrl
      accountFields {
        name
        secret
        required
        default
        multiline
        options {
          value
          label {
            zh
            en
          }
        }
        label {
          zh
          en
        }
        help {
          zh
          en
        }
      }
    }
  }
`);

const Connect = graphql(
  `
  mutation ConnectAccount($input: ConnectAccountInput!) {
    connectAccount(input: $input) {
      account {
        ...AccountFields
      }
    }
  }
  `,
  [AccountFields],
);

const Update = graphql(
  `
  mutation UpdateAccount($input: UpdateAccountInput!) {
    updateAccount(input: $input) {
      account {
        ...AccountFields
      }
    }
  }
  `,
  [AccountFields],
);

const Check = graphql(`
  mutation CheckAccount($input: AccountInput!) {
    checkAccount(input: $input) {
      isUsable
      message
      lanes
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
export type ConnectForm = ResultOf<typeof FormsQuery>["channels"][number];
export type AccountField = ResultOf<typeof FormsQuery>["channels"][number]["accountFields"][number];

export const accountsOptions = queryOptions({
  queryKey: ["accounts", "list"],
  queryFn: async ({ signal }) => (await request(AccountsQuery, {}, signal)).accounts,
});

export const accountOptions = (id: string) =>
  queryOptions({
    queryKey: ["accounts", "one", id],
    queryFn: async ({ signal }) => (await request(AccountQuery, { id }, signal)).account,
  });

/** What each channel's form asks for; it does not change while the server runs. */
export const formsOptions = queryOptions({
  queryKey: ["channels", "forms"],
  queryFn: async ({ signal }) => (await request(FormsQuery, {}, signal)).channels,
  staleTime: Infinity,
});

/** Named values as a form gives them. */
export type Values = Record<string, string>;

export const toList = (values: Values) => Object.entries(values).map(([name, value]) => ({ name, value }));

/** Connects an account; the server asks the platform at once whether it works. */
export async function connectAccount(channel: string, name: string, settings: Values, credentials: Values): Promise<Account> {
  const input = { channel, name, settings: toList(settings), credentials: toList(credentials) };
  return (await request(Connect, { input })).connectAccount.account;
}

/** Changes the name and the public values; settings that the form does not show stay as they are. */
export async function updateAccount(account: Account, name: string, settings: Values): Promise<void> {
  const kept = Object.fromEntries(account.settings.map((setting) => [setting.name, setting.value]));
  const input = { id: account.id, baseVersion: account.version, name, settings: toList({ ...kept, ...settings }) };
  await request(Update, { input });
}

/** Puts new secrets in the place of the old ones, if the platform takes them; those that are not given stay. */
export async function renewCredentials(account: Account, credentials: Values): Promise<void> {
  const input = { id: account.id, baseVersion: account.version, credentials: toList(credentials) };
  await request(Update, { input });
}

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
