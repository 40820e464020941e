import type { Person } from "./browser";

/** Asks the admin API beside the page: to prepare what a journey needs, and to see what became of it. */
export async function ask<Data>(person: Person, query: string, variables: Record<string, unknown> = {}): Promise<Data> {
  const origin = new URL(person.demo.admin).origin;
  const response = await person.context.request.post(`${person.demo.admin}/graphql`, { headers: { origin }, data: { query, variables } });
  const { data, errors } = (await response.json()) as { data?: Data | null; errors?: { message: string }[] };
  if (data === undefined || data === null || errors !== undefined) throw new Error(`the API refused: ${JSON.stringify(errors)}`);
  return data;
}
