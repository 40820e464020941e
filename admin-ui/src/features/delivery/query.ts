import { queryOptions } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "@/lib/graphql";

const DeliveryQuery = graphql(`
  query Delivery($id: ID!) {
    delivery(id: $id) {
      id
      sourceKind
      sourceId
      title
      channel
      lane
      state
      intent
      actions
      withdrawnAt
      sentence
      params
      wallTime
      zone
      dueAt
      nextRunAt
      giveUpAt
      attemptCount
      externalId
      externalUrl
      publishedAt
      createdAt
      updatedAt
      account {
        id
        name
        status
      }
      steps {
        name
        kind
        state
        armedAt
        endedAt
        resendCount
      }
      attempts {
        id
        step
        startedAt
        endedAt
        class
        sent
        message
        httpStatus
        channelCode
        channelRequestId
        durationMs
        exchanges {
          request
          requestBody
          status
          responseBody
          requestId
          durationMs
        }
      }
    }
  }
`);

export type Delivery = ResultOf<typeof DeliveryQuery>["delivery"];
export type Attempt = Delivery["attempts"][number];
export type DeliveryStep = Delivery["steps"][number];

/** One delivery with its evidence, read again while somebody looks at it. */
export const deliveryOptions = (id: string) =>
  queryOptions({
    queryKey: ["deliveries", "one", id],
    queryFn: async ({ signal }) => (await request(DeliveryQuery, { id }, signal)).delivery,
    refetchInterval: 5_000,
  });
