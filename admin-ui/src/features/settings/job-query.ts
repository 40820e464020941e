import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "@/lib/graphql";

const JobsQuery = graphql(`
  query RecurringJobs {
    recurringJobs {
      id
      name
      kind
      version
      expression
      zone
      nextFireTimes
      pausedAt
      digest {
        title
        storyCount
        dayCount
        metric
      }
      pullStatistics {
        channel
        dayCount
      }
      submitChanged {
        lane
        account {
          id
        }
      }
      runs {
        id
        occurrenceAt
        isManual
        state
        error
      }
    }
  }
`);

const FireTimesQuery = graphql(`
  query FireTimes($input: FireTimesInput!) {
    fireTimes(input: $input)
  }
`);

export const CreateJob = graphql(`
  mutation CreateRecurringJob($input: CreateRecurringJobInput!) {
    createRecurringJob(input: $input) {
      recurringJob {
        id
      }
    }
  }
`);
export const UpdateJob = graphql(`
  mutation UpdateRecurringJob($input: UpdateRecurringJobInput!) {
    updateRecurringJob(input: $input) {
      recurringJob {
        id
      }
    }
  }
`);
export const DeleteJob = graphql(`
  mutation DeleteRecurringJob($input: RecurringJobInput!) {
    deleteRecurringJob(input: $input) {
      __typename
    }
  }
`);
export const PauseJob = graphql(`
  mutation PauseRecurringJob($input: RecurringJobInput!) {
    pauseRecurringJob(input: $input) {
      __typename
    }
  }
`);
export const ResumeJob = graphql(`
  mutation ResumeRecurringJob($input: RecurringJobInput!) {
    resumeRecurringJob(input: $input) {
      __typename
    }
  }
`);
export const RunJob = graphql(`
  mutation RunRecurringJob($input: RecurringJobInput!) {
    runRecurringJob(input: $input) {
      __typename
    }
  }
`);

export type Job = ResultOf<typeof JobsQuery>["recurringJobs"][number];

/** What recurs by the calendar; read again while somebody looks at it. */
export const jobsOptions = queryOptions({
  queryKey: ["jobs"],
  queryFn: async ({ signal }) => (await request(JobsQuery, {}, signal)).recurringJobs,
  refetchInterval: 5_000,
});

/** The next five times of a calendar that is being written. */
export const fireTimesOptions = (expression: string, zone: string) =>
  queryOptions({
    queryKey: ["fire-times", expression, zone],
    queryFn: async ({ signal }) => (await request(FireTimesQuery, { input: { expression, zone } }, signal)).fireTimes,
    enabled: expression.trim() !== "",
    placeholderData: keepPreviousData,
    retry: false,
  });
