import { queryOptions } from "@tanstack/react-query";

import { graphql, request } from "./graphql";

const TermsQuery = graphql(`
  query Terms {
    categories {
      id
      name
    }
    tags {
      id
      name
    }
  }
`);

/** The categories and tags of the site. */
export const termsOptions = queryOptions({
  queryKey: ["terms"],
  queryFn: ({ signal }) => request(TermsQuery, {}, signal),
  staleTime: 60_000,
});
