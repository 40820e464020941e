import { type ResultOf, graphql, request } from "@/lib/graphql";
import type { MediaSearch } from "@/lib/search";

const AssetsQuery = graphql(`
  query Assets($q: String, $kind: AssetKind, $lacksAlt: Boolean!, $after: String) {
    assets(q: $q, kind: $kind, lacksAlt: $lacksAlt, first: 60, after: $after) {
      nodes {
        id
        name
        alt
        kind
        width
        height
        url(size: CARD)
        video {
          durationMs
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export type ListedAsset = ResultOf<typeof AssetsQuery>["assets"]["nodes"][number];

const KINDS = { image: "IMAGE", video: "VIDEO" } as const;

/** A page of the library, as its address narrows it down. */
export async function listAssets({ q, kind, noalt }: MediaSearch, after: string | null, signal: AbortSignal) {
  const variables = { q: q ?? null, kind: kind === undefined ? null : KINDS[kind], lacksAlt: noalt === true, after };
  return (await request(AssetsQuery, variables, signal)).assets;
}
