import { keepPreviousData, queryOptions } from "@tanstack/react-query";

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
    contentHash
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
      awaited
      unchecked
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
      params
    }
  }
`);

const VariantQuery = graphql(
  `
    query Variant($source: SourceInput!, $channel: String!, $typed: Boolean!) {
      variant(source: $source, channel: $channel, typed: $typed) {
        ...VariantFields
      }
    }
  `,
  [VariantFields],
);

export type Variant = ResultOf<typeof VariantQuery>["variant"];
export type VariantField = Variant["fields"][number];
export type Finding = Variant["findings"][number];

/** A source as one channel would get it now, or as it would once what is being typed (and kept as a draft) is saved. */
export const variantOptions = (source: SourceRef, channel: string, typed = false) =>
  queryOptions({
    queryKey: ["variant", source.id, channel, typed],
    queryFn: async ({ signal }) => (await request(VariantQuery, { source, channel, typed }, signal)).variant,
    placeholderData: keepPreviousData,
    // The platform says later what it thinks of pictures.
    refetchInterval: (query) => (query.state.data?.inspection?.awaited.length ? 10_000 : false),
  });

/** The findings that matter for a lane; without one, those that somebody can mend. */
export function findingsOf(variant: Variant | undefined, lane?: string): { errors: Finding[]; warnings: Finding[] } {
  const all = (variant?.findings ?? []).filter(
    (finding) => lane === undefined || finding.lanes.length === 0 || finding.lanes.includes(lane),
  );
  return {
    errors: all.filter(({ severity }) => severity === "ERROR" || (severity === "CLOSED" && lane !== undefined)),
    warnings: all.filter((finding) => finding.severity === "WARNING"),
  };
}
