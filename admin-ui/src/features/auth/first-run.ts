import { ApiError, type VariablesOf, graphql, request } from "@/lib/graphql";

const SetUp = graphql(`
  mutation SetUp($input: SetUpInput!) {
    setUp(input: $input) {
      user {
        name
      }
    }
  }
`);

export type FirstRun = VariablesOf<typeof SetUp>["input"];

/** Names the site and makes its first admin, who is signed in from then on. */
export async function setUp(input: FirstRun): Promise<void> {
  await request(SetUp, { input });
}

/** What the first form asks for; the server names what it does not like by these. */
export const FIELDS = ["setUpCode", "siteName", "zone", "name", "email", "password"] as const;
export type Field = (typeof FIELDS)[number];

/** The input that the server complains of. */
export function complaintField(error: unknown): Field | undefined {
  if (!(error instanceof ApiError)) return undefined;
  return FIELDS.find((field) => error.field === `input.${field}`);
}
