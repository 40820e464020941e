import { queryOptions, useQuery } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "./graphql";
import { localText } from "./text";

const ChannelsQuery = graphql(`
  query Channels {
    channels {
      id
      inspects
      name {
        zh
        en
      }
      lanes {
        id
        takes
        showsResult
        canUpdate
        name {
          zh
          en
        }
        quotas {
          name
        }
        previews {
          layout
          name {
            zh
            en
          }
          title
          byline
          text
          tags
          link
          pictures
        }
      }
      fields {
        name
        kind
        required
        editable
        options {
          value
          label {
            zh
            en
          }
        }
        lanes
        label {
          zh
          en
        }
        limit {
          min
          max
          unit
        }
      }
      pictures {
        name
        width
        height
        label {
          zh
          en
        }
      }
    }
  }
`);

export type Channel = ResultOf<typeof ChannelsQuery>["channels"][number];
export type ChannelField = Channel["fields"][number];

/** Every channel that this server knows; it does not change while the server runs. */
export const channelsOptions = queryOptions({
  queryKey: ["channels"],
  queryFn: async ({ signal }) => (await request(ChannelsQuery, {}, signal)).channels,
  staleTime: Infinity,
});

/** Every channel; none while they are being read. */
export function useChannels(): Channel[] {
  return useQuery(channelsOptions).data ?? [];
}

/** The name of a channel, and of one of its lanes, as people see them; nothing while the names are being read. */
export function useChannelNames(): (channel: string, lane?: string) => string {
  const { data: channels = [], isPending } = useQuery(channelsOptions);
  return (id, lane) => {
    const channel = channels.find((one) => one.id === id);
    if (channel === undefined) return isPending ? "" : id;
    const name = localText(channel.name);
    const inner = channel.lanes.find((one) => one.id === lane);
    return inner === undefined ? name : `${name} · ${localText(inner.name)}`;
  };
}

const ConnectedQuery = graphql(`
  query Connected {
    accounts {
      id
      name
      status
      channel {
        id
      }
    }
  }
`);

/** The accounts that things can be sent from, in short; those that were parted with are history. */
export const connectedOptions = queryOptions({
  queryKey: ["accounts", "connected"],
  queryFn: async ({ signal }) => (await request(ConnectedQuery, {}, signal)).accounts.filter(({ status }) => status !== "DISCONNECTED"),
});
