import { type ResultOf, graphql, request } from "@/lib/graphql";
import type { VIEWS } from "@/lib/search";

export type View = (typeof VIEWS)[number];

const PlannedQuery = graphql(`
  query Planned($filter: DeliveryFilter, $after: String) {
    deliveries(filter: $filter, first: 100, after: $after) {
      nodes {
        id
        title
        sourceId
        sourceKind
        channel
        lane
        state
        actions
        dueAt
        wallTime
        zone
        account {
          name
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const MoveDelivery = graphql(`
  mutation MoveDelivery($input: RescheduleDeliveryInput!) {
    rescheduleDelivery(input: $input) {
      delivery {
        id
      }
    }
  }
`);

export type Planned = ResultOf<typeof PlannedQuery>["deliveries"]["nodes"][number];

/** A story or video at one time, on its way to one or several channels: one card. */
export interface Card {
  id: string;
  title: string;
  /** The earliest of its deliveries. */
  at: string;
  deliveries: Planned[];
}

/** So many are drawn at the most; a calendar with more of them says nothing to anybody. */
export const MOST = 1000;

/** What is due in a stretch of time, page by page, until all of it or the most that is shown is there. */
export async function* planned(
  filter: { dueFrom: string; dueBefore: string; channel: string | null; account: string | null },
  signal: AbortSignal,
): AsyncGenerator<Planned[]> {
  let after: string | null = null;
  let count = 0;
  do {
    const page: ResultOf<typeof PlannedQuery>["deliveries"] = (await request(PlannedQuery, { filter, after }, signal)).deliveries;
    yield page.nodes;
    count += page.nodes.length;
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null && count < MOST);
}

/** Puts together what belongs to one story and is due in the same minute. */
export function cardsOf(deliveries: Planned[]): Card[] {
  const cards = new Map<string, Card>();
  for (const delivery of deliveries) {
    const id = `${delivery.sourceId} ${delivery.dueAt.slice(0, 16)}`;
    const card = cards.get(id);
    if (card === undefined) cards.set(id, { id, title: delivery.title, at: delivery.dueAt, deliveries: [delivery] });
    else {
      card.deliveries.push(delivery);
      if (delivery.dueAt < card.at) card.at = delivery.dueAt;
    }
  }
  return [...cards.values()];
}

/** Each channel of a card once, with the states in which its lanes are. */
export function statesByChannel(card: Card): [string, string[]][] {
  const states = new Map<string, Set<string>>();
  for (const { channel, state } of card.deliveries) states.set(channel, (states.get(channel) ?? new Set()).add(state));
  return [...states].map(([channel, found]) => [channel, [...found]]);
}

/** How many of a card's deliveries are in each state, for where there is no room for the channels. */
export function countByState(card: Card): [string, number][] {
  const counts = new Map<string, number>();
  for (const { state } of card.deliveries) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts];
}

/** Those of a card that may still be given another time; what was sent never moves. */
export function movable(card: Card): Planned[] {
  return card.deliveries.filter((delivery) => delivery.actions.includes("RESCHEDULE"));
}

/** Moves one delivery to a time on the wall of a zone. */
export async function move(id: string, at: { wallTime: string; zone: string }): Promise<void> {
  await request(MoveDelivery, { input: { id, at } });
}

const DAY = 86_400_000;

/** Today, as the calendar on a zone's wall shows it. */
export function today(zone: string, now: number = Date.now()): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(now);
}

/** The day to look at after so many steps of a view; a month steps to its first day. */
export function step(date: string, view: View, by: 1 | -1): string {
  const at = new Date(`${date}T00:00:00Z`);
  if (view === "month" || view === "list") at.setUTCMonth(at.getUTCMonth() + by, 1);
  else at.setTime(at.getTime() + by * (view === "week" ? 7 : 1) * DAY);
  return at.toISOString().slice(0, 10);
}

/** All that a view around a day can show: from the first instant to the last, in whatever zone. */
export function stretch(date: string, view: View): { dueFrom: string; dueBefore: string } {
  const from = new Date(`${date}T00:00:00Z`);
  const until = new Date(from);
  if (view === "month" || view === "list") {
    from.setUTCDate(1);
    until.setUTCMonth(until.getUTCMonth() + 1, 1);
  }
  // A month shows days of its neighbours, a week begins before its day; a zone adds one.
  const margin = view === "day" ? 1 : 8;
  return {
    dueFrom: new Date(from.getTime() - margin * DAY).toISOString(),
    dueBefore: new Date(until.getTime() + (margin + 6) * DAY).toISOString(),
  };
}
