import { queryOptions } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "@/lib/graphql";

import type { Account } from "./query";

const Start = graphql(`
  mutation StartAccountSignIn($input: StartAccountSignInInput!) {
    startAccountSignIn(input: $input) {
      address
    }
  }
`);

const SignInQuery = graphql(`
  query AccountSignIn($id: ID!) {
    accountSignIn(id: $id) {
      id
      outcome
      message
      externalId
      externalName
    }
  }
`);

const Confirm = graphql(`
  mutation ConfirmAccountSignIn($input: ConfirmAccountSignInInput!) {
    confirmAccountSignIn(input: $input) {
      signIn {
        id
        outcome
        message
        externalId
        externalName
      }
    }
  }
`);

export type SignIn = ResultOf<typeof SignInQuery>["accountSignIn"];

/** What came of a person's way to the platform's page and back; it does not change unless they say so. */
export const signInOptions = (id: string) =>
  queryOptions({
    queryKey: ["sign-in", id],
    queryFn: async ({ signal }) => (await request(SignInQuery, { id }, signal)).accountSignIn,
    staleTime: Infinity,
  });

/** The platform's page, on which a person lets us use their account; it leads back here. */
export async function startSignIn(account: Account): Promise<string> {
  return (await request(Start, { input: { accountId: account.id } })).startAccountSignIn.address;
}

/** Says that whoever signed in is meant, although it is somebody else than before. */
export async function confirmSignIn(id: string): Promise<SignIn> {
  return (await request(Confirm, { input: { id } })).confirmAccountSignIn.signIn;
}

/** The address at which this page must be open, so that the way back finds who is signed in; nothing where it is. */
export function rightPlace(redirectUrl: string, here: Location): string | undefined {
  const { origin } = new URL(redirectUrl);
  return origin === here.origin ? undefined : `${origin}${here.pathname}`;
}

/** Whether platforms take an address; those of this machine are for practice. */
export function isTaken(redirectUrl: string): boolean {
  const { protocol, hostname } = new URL(redirectUrl);
  return protocol === "https:" || ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
}
