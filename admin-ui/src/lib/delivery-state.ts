/** Every state of a delivery, in the order of its life. */
export const DELIVERY_STATES = [
  "SCHEDULED",
  "HELD",
  "READY",
  "WORKING",
  "RETRY_WAIT",
  "WAITING_CHANNEL",
  "WAITING_USER",
  "UNCERTAIN",
  "RECONCILING",
  "NEEDS_REVIEW",
  "PUBLISHED",
  "REJECTED",
  "FAILED",
  "MISSED",
  "CANCELLED",
] as const;

export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** A state out of an address; what is none is no filter. */
export function asDeliveryState(value: string | undefined): DeliveryState | undefined {
  return DELIVERY_STATES.find((state) => state === value);
}
