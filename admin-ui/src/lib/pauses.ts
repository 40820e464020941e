import { queryOptions } from "@tanstack/react-query";

import { type ResultOf, type VariablesOf, graphql, request } from "./graphql";
import type { SourceRef } from "./variant";

const StoppedQuery = graphql(`
  query Stopped {
    pauses {
      id
      kind
      target
      sourceKind
      note
      createdAt
    }
    breakers {
      channel
      lane
      openedAt
      probeAt
    }
  }
`);

const PauseDeliveries = graphql(`
  mutation PauseDeliveries($input: PauseDeliveriesInput!) {
    pauseDeliveries(input: $input) {
      pauses {
        id
      }
    }
  }
`);

const ResumeDeliveries = graphql(`
  mutation ResumeDeliveries($input: ResumeDeliveriesInput!) {
    resumeDeliveries(input: $input) {
      pauses {
        id
      }
    }
  }
`);

export type Pause = ResultOf<typeof StoppedQuery>["pauses"][number];
export type Breaker = ResultOf<typeof StoppedQuery>["breakers"][number];
export type PauseScope = VariablesOf<typeof PauseDeliveries>["input"]["scope"];

/** What people paused and which ways are down; read again while somebody looks at it. */
export const stoppedOptions = queryOptions({
  queryKey: ["accounts", "stopped"],
  queryFn: ({ signal }) => request(StoppedQuery, {}, signal),
  refetchInterval: 10_000,
});

/** What a pause stops, as the server wants it named; nothing when that is not known. */
export function scopeOf(pause: Pause): PauseScope | undefined {
  const { kind, target, sourceKind } = pause;
  if (kind === "ALL") return { all: true };
  if (target === null) return undefined;
  if (kind === "CHANNEL") return { channel: target };
  if (kind === "ACCOUNT") return { account: target };
  return sourceKind === null ? undefined : { source: { kind: sourceKind, id: target } };
}

/** The pause of one story or video, where somebody paused it. */
export function pauseOf({ kind, id }: SourceRef, pauses: Pause[]): Pause | undefined {
  return pauses.find((pause) => pause.kind === "SOURCE" && pause.sourceKind === kind && pause.target === id);
}

/** Stops sending; what was sent already is still looked after. */
export async function pauseDeliveries(scope: PauseScope, note: string): Promise<void> {
  await request(PauseDeliveries, { input: { scope, note: note.trim() === "" ? null : note } });
}

/** Sends again; what waited goes out one by one. */
export async function resumeDeliveries(scope: PauseScope): Promise<void> {
  await request(ResumeDeliveries, { input: { scope } });
}
