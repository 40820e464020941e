import { queryOptions } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "@/lib/graphql";

const AssetQuery = graphql(`
  query AssetToDescribe($id: ID!) {
    asset(id: $id) {
      id
      name
      alt
      kind
      mime
      sizeBytes
      width
      height
      version
      createdAt
      archivedAt
      url(size: FEED)
      focalPoint {
        x
        y
      }
      video {
        durationMs
      }
    }
  }
`);

const AssetUsesQuery = graphql(`
  query AssetUses($id: ID!) {
    assetUses(id: $id) {
      kind
      id
      title
    }
  }
`);

const Update = graphql(`
  mutation UpdateAsset($input: UpdateAssetInput!) {
    updateAsset(input: $input) {
      asset {
        id
      }
    }
  }
`);

const Replace = graphql(`
  mutation ReplaceAsset($input: ReplaceAssetInput!) {
    replaceAsset(input: $input) {
      asset {
        id
      }
    }
  }
`);

const Archive = graphql(`
  mutation ArchiveAsset($input: ArchiveAssetInput!) {
    archiveAsset(input: $input) {
      asset {
        id
      }
    }
  }
`);

export type Asset = ResultOf<typeof AssetQuery>["asset"];
export type FocalPoint = Asset["focalPoint"];

export type AssetUse = ResultOf<typeof AssetUsesQuery>["assetUses"][number];

/** What shows a file, in its latest or its published state. */
export const assetUsesOptions = (id: string) =>
  queryOptions({
    queryKey: ["assets", "uses", id],
    queryFn: async ({ signal }) => (await request(AssetUsesQuery, { id }, signal)).assetUses,
  });

export const assetToDescribeOptions = (id: string) =>
  queryOptions({
    queryKey: ["assets", "describe", id],
    queryFn: async ({ signal }) => (await request(AssetQuery, { id }, signal)).asset,
  });

/** Says what a picture shows and what its crops keep. */
export async function describeAsset(asset: Asset, alt: string, focalPoint: FocalPoint): Promise<void> {
  const { x, y } = focalPoint;
  await request(Update, { input: { id: asset.id, baseVersion: asset.version, alt, focalPoint: { x, y } } });
}

/** Gives an asset the file of one that was just uploaded. */
export async function replaceAsset({ id, version }: Asset, withId: string): Promise<void> {
  await request(Replace, { input: { id, baseVersion: version, withId } });
}

/** Takes an asset out of the library; what shows it keeps it. */
export async function archiveAsset(id: string): Promise<void> {
  await request(Archive, { input: { id } });
}
