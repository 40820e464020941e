import { queryOptions } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "@/lib/graphql";
import type { SourceRef } from "@/lib/variant";

export const LinkFields = graphql(`
  fragment LinkFields on AppLink @_unmask {
    accountId
    kind
    address
    picture
    endsAt
    isOver
    madeAt
  }
`);

const LinksQuery = graphql(
  `
    query ChannelLinks($source: SourceInput!, $channel: String!) {
      channel(id: $channel) {
        appLinks {
          id
          days
          name {
            zh
            en
          }
          help {
            zh
            en
          }
        }
      }
      accounts {
        id
        name
        status
        channel {
          id
        }
      }
      appLinks(source: $source, channel: $channel) {
        ...LinkFields
      }
    }
  `,
  [LinkFields],
);

/** Accounts of which nothing can be had. */
const GONE = ["SUSPENDED", "DISCONNECTED"];

export type Link = ResultOf<typeof LinksQuery>["appLinks"][number];
export type LinkKind = NonNullable<ResultOf<typeof LinksQuery>["channel"]>["appLinks"][number];

/** The ways in which a channel opens a page from outside, who can make links there, and those that were made. */
export function linksOptions(source: SourceRef, channel: string) {
  return queryOptions({
    queryKey: ["app-links", source.kind, source.id, channel],
    queryFn: async ({ signal }) => {
      const found = await request(LinksQuery, { source, channel }, signal);
      return {
        kinds: found.channel?.appLinks ?? [],
        accounts: found.accounts.filter((account) => account.channel?.id === channel && !GONE.includes(account.status)),
        links: found.appLinks,
      };
    },
  });
}
