import type { HomeDelivery } from "./query";

/** A story or video that goes to one or several channels in the same minute. */
export interface Stop {
  id: string;
  at: string;
  deliveries: [HomeDelivery, ...HomeDelivery[]];
}

/** Puts together what is one thing to a person, in the order in which it goes out. */
export function stopsOf(deliveries: readonly HomeDelivery[]): Stop[] {
  const stops = new Map<string, Stop>();
  for (const delivery of deliveries) {
    const id = `${delivery.sourceId} ${delivery.dueAt.slice(0, 16)}`;
    const stop = stops.get(id);
    if (stop === undefined) stops.set(id, { id, at: delivery.dueAt, deliveries: [delivery] });
    else stop.deliveries.push(delivery);
  }
  return [...stops.values()];
}
