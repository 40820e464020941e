import { queryOptions } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "@/lib/graphql";

const RemovalsQuery = graphql(`
  query Removals($account: ID!) {
    removals(account: $account) {
      help {
        zh
        en
      }
      mostLines
      waitingCount
      files {
        id
        lineCount
        address
        madeAt
      }
    }
  }
`);

const Make = graphql(`
  mutation MakeRemovalFile($input: MakeRemovalFileInput!) {
    makeRemovalFile(input: $input) {
      removalFile {
        id
      }
    }
  }
`);

const Complete = graphql(`
  mutation CompleteRemovalFile($input: CompleteRemovalFileInput!) {
    completeRemovalFile(input: $input) {
      removalFile {
        id
      }
    }
  }
`);

type Removals = NonNullable<ResultOf<typeof RemovalsQuery>["removals"]>;
export type RemovalFile = Removals["files"][number];

/** What of an account a person has the platform remove, by files; nothing where its API does it. */
export const removalsOptions = (account: string) =>
  queryOptions({
    queryKey: ["accounts", "removals", account],
    queryFn: async ({ signal }) => (await request(RemovalsQuery, { account }, signal)).removals,
  });

/** Makes a file of what waits, as much as one takes. */
export async function makeRemovalFile(account: string): Promise<void> {
  await request(Make, { input: { accountId: account } });
}

/** Says that the platform has a file. */
export async function completeRemovalFile(id: string): Promise<void> {
  await request(Complete, { input: { id } });
}
