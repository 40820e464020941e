import type { VariablesOf } from "@/lib/graphql";

import type { CreateJob, Job } from "./job-query";

export const KINDS = ["DIGEST", "PULL_STATISTICS", "SUBMIT_CHANGED"] as const;
export const METRICS = ["VIEWS", "LIKES", "COMMENTS", "SHARES"] as const;

/** A recurring job as it stands in the form. */
export interface JobDraft {
  name: string;
  kind: (typeof KINDS)[number];
  expression: string;
  zone: string;
  title: string;
  storyCount: number;
  digestDays: number;
  metric: (typeof METRICS)[number];
  channel: string;
  statisticDays: number;
  /** Account and lane, with a space between. */
  destination: string;
}

/** What a form begins with: the job that is changed, or a weekly pick on Monday mornings. */
export function draftOf(zone: string, job?: Job): JobDraft {
  const account = job?.submitChanged?.account?.id;
  return {
    name: job?.name ?? "",
    kind: job?.kind ?? "DIGEST",
    expression: job?.expression ?? "0 9 * * 1",
    zone: job?.zone ?? zone,
    title: job?.digest?.title ?? "",
    storyCount: job?.digest?.storyCount ?? 5,
    digestDays: job?.digest?.dayCount ?? 7,
    metric: job?.digest?.metric ?? "VIEWS",
    channel: job?.pullStatistics?.channel ?? "",
    statisticDays: job?.pullStatistics?.dayCount ?? 30,
    destination: account === undefined ? "" : `${account} ${job?.submitChanged?.lane ?? ""}`,
  };
}

type JobInput = VariablesOf<typeof CreateJob>["input"];

/** The form as the server wants it: of the three kinds of work just the chosen one. */
export function inputOf(draft: JobDraft): JobInput {
  const { name, kind, expression, zone } = draft;
  const [account = "", lane = ""] = draft.destination.split(" ");
  return {
    name: name.trim(),
    expression: expression.trim(),
    zone,
    ...(kind === "DIGEST" && {
      digest: { title: draft.title.trim(), storyCount: draft.storyCount, dayCount: draft.digestDays, metric: draft.metric },
    }),
    ...(kind === "PULL_STATISTICS" && { pullStatistics: { channel: draft.channel || null, dayCount: draft.statisticDays } }),
    ...(kind === "SUBMIT_CHANGED" && { submitChanged: { account, lane } }),
  };
}

/** Whether everything was given. */
export function isReady(draft: JobDraft): boolean {
  const hasWork = draft.kind === "PULL_STATISTICS" || (draft.kind === "DIGEST" ? draft.title.trim() !== "" : draft.destination !== "");
  return draft.name.trim() !== "" && draft.expression.trim() !== "" && hasWork;
}
