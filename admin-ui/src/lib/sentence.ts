import type { DeliveryState } from "./delivery-state";

/** What a sentence about a delivery is made of. */
export interface Told {
  state: DeliveryState;
  sentence: string;
  params: unknown;
  dueAt: string;
  nextRunAt: string | null;
  giveUpAt: string;
  publishedAt: string | null;
  updatedAt: string;
  attemptCount: number;
  steps: { name: string; state: string }[];
}

/** A sentence of the locale files with what it needs. Instants are still instants. */
export interface Sentence {
  key: string;
  at: string | null;
  message: string;
  count: number;
  step: { name: string; number: number; of: number } | undefined;
}

/** What the server's sentence needs: what happened, can readers see it, what comes next, what you can do. */
export function sentence(delivery: Told): Sentence {
  const params = (delivery.params ?? {}) as { message?: string; at?: string };
  const index = delivery.steps.findIndex((step) => step.state !== "DONE" && step.state !== "SKIPPED");
  const current = delivery.steps[index];
  return {
    key: `sentence.${delivery.sentence}`,
    at: instantOf(delivery, params.at),
    message: params.message ?? "",
    count: delivery.attemptCount,
    step: current && { name: current.name, number: index + 1, of: delivery.steps.length },
  };
}

function instantOf(delivery: Told, at: string | undefined): string | null {
  switch (delivery.state) {
    case "SCHEDULED":
    case "MISSED":
      return delivery.dueAt;
    case "HELD":
      return at ?? delivery.nextRunAt;
    case "WAITING_USER":
      return at ?? delivery.giveUpAt;
    case "PUBLISHED":
      return delivery.publishedAt ?? delivery.updatedAt;
    case "FAILED":
    case "CANCELLED":
    case "REJECTED":
      return delivery.updatedAt;
    default:
      return delivery.nextRunAt;
  }
}
