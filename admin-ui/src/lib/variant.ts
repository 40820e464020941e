import { queryOptions } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "./graphql";

/** A story or a video. */
export interface SourceRef {
  kind: "STORY" | "VIDEO";
  id: string;
}

export const VariantFields = graphql(`
  fragment VariantFields on Variant @_unmask {
    channel
    version
    fields {
      name
      value
      derived
      isOverridden
      sourceChanged
    }
    pictures {
      spec
      url
      asset {
        alt
      }
    }
    inspection {
      opinion
      objections
      at
    }
    findings {
      code
      severity
      field
      lanes
      reason
      cure
      source
    }
  }
`);

const VariantQuery = graphql(
  `
    query Variant($source: SourceInput!, $channel: String!) {
      variant(source: $source, channel: $channel) {
        ...VariantFields
      }
    }
  `,
  [VariantFields],
);

export type Variant = ResultOf<typeof VariantQuery>["variant"];
export type VariantField = Variant["fields"][number];
export type Finding = Variant["findings"][number];

/** A source as one channel would get it now. */
export const variantOptions = (source: SourceRef, channel: string) =>
  queryOptions({
    queryKey: ["variant", source.id, channel],
    queryFn: async ({ signal }) => (await request(VariantQuery, { source, channel }, signal)).variant,
  });

/** The findings that matter for a lane. */
export function findingsOf(variant: Variant | undefined, lane?: string): { errors: Finding[]; warnings: Finding[] } {
  const all = (variant?.findings ?? []).filter(
    (finding) => lane === undefined || finding.lanes.length === 0 || finding.lanes.includes(lane),
  );
  return {
    errors: all.filter((finding) => finding.severity === "ERROR"),
    warnings: all.filter((finding) => finding.severity === "WARNING"),
  };
}
