import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { graphql, request } from "@/lib/graphql";

const Find = graphql(`
  query Find($q: String!) {
    stories(q: $q, first: 5) {
      nodes {
        id
        title
        state
      }
    }
    videos(q: $q, first: 5) {
      nodes {
        id
        title
        state
      }
    }
    products(q: $q, first: 5) {
      nodes {
        id
        sku
        name
      }
    }
    assets(q: $q, first: 5) {
      nodes {
        id
        name
        alt
      }
    }
  }
`);

/** The content in which a text is found. */
export const findOptions = (q: string) =>
  queryOptions({
    queryKey: ["find", q],
    queryFn: ({ signal }) => request(Find, { q }, signal),
    enabled: q !== "",
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
