import { queryOptions } from "@tanstack/react-query";

import { graphql, request } from "./graphql";

const AssetQuery = graphql(`
  query Asset($id: ID!) {
    asset(id: $id) {
      id
      name
      alt
      width
      height
      url(size: FEED)
    }
  }
`);

/** One picture or video of the library. */
export const assetOptions = (id: string) =>
  queryOptions({
    queryKey: ["assets", "one", id],
    queryFn: async ({ signal }) => (await request(AssetQuery, { id }, signal)).asset,
    staleTime: 60_000,
  });
