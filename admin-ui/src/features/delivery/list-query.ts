import { connectionOptions } from "@/lib/connection";
import { asDeliveryState } from "@/lib/delivery-state";
import { type ResultOf, graphql, request } from "@/lib/graphql";
import type { ListSearch } from "@/lib/search";

const DeliveriesQuery = graphql(`
  query Deliveries($filter: DeliveryFilter, $after: String) {
    deliveries(filter: $filter, first: 50, after: $after) {
      nodes {
        id
        title
        channel
        lane
        state
        sentence
        params
        dueAt
        nextRunAt
        giveUpAt
        publishedAt
        updatedAt
        attemptCount
        account {
          name
        }
        steps {
          name
          state
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

type Row = ResultOf<typeof DeliveriesQuery>["deliveries"]["nodes"][number];

/** Deliveries that a filter lets through, the latest due first. */
export const deliveryListOptions = (search: ListSearch) =>
  connectionOptions<Row>(
    ["deliveries", "list", search],
    async (after, signal) => {
      const state = asDeliveryState(search.state);
      const filter = { states: state === undefined ? [] : [state], channel: search.channel ?? null };
      return (await request(DeliveriesQuery, { filter, after }, signal)).deliveries;
    },
    5_000,
  );
