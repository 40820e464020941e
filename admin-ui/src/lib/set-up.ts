import { queryOptions } from "@tanstack/react-query";

import { graphql, request } from "./graphql";

const NeedsSetUpQuery = graphql(`
  query NeedsSetUp {
    needsSetUp
  }
`);

/** Whether the server waits for its first admin. */
export const needsSetUpOptions = queryOptions({
  queryKey: ["needs-set-up"],
  queryFn: async ({ signal }) => (await request(NeedsSetUpQuery, {}, signal)).needsSetUp,
  staleTime: 0,
});
