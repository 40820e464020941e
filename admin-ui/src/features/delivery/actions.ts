import type { DeliveryState } from "@/lib/delivery-state";

/** What a person may do with a delivery. */
export type Action = "reschedule" | "retry" | "resolve" | "cancel";

const ACTIONS: Partial<Record<DeliveryState, Action[]>> = {
  SCHEDULED: ["cancel", "reschedule"],
  HELD: ["cancel", "reschedule"],
  READY: ["cancel"],
  RETRY_WAIT: ["cancel", "reschedule", "retry"],
  MISSED: ["reschedule", "retry"],
  FAILED: ["retry"],
  REJECTED: ["retry"],
  WAITING_USER: ["resolve"],
  NEEDS_REVIEW: ["resolve"],
};

/** The actions of a state. Where something may be out already, nothing is sent again without a person's word. */
export function actionsOf(delivery: { state: DeliveryState; steps: { kind: string; state: string }[] }): Action[] {
  const actions = ACTIONS[delivery.state] ?? [];
  const wasSent = delivery.steps.some((step) => step.kind === "COMMIT" && step.state !== "PENDING" && step.state !== "SKIPPED");
  return wasSent ? actions.filter((action) => action === "resolve") : actions;
}
