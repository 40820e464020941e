import { Button, Code, Group, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/components/form-dialog";
import { StateChip } from "@/components/state-chip";
import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import { Time } from "@/components/time";
import { dueTime } from "@/lib/dates";
import { request } from "@/lib/graphql";
import { useMay } from "@/lib/session";
import { listed } from "@/lib/text";

import { JobDialog } from "../components/job-dialog";
import { SettingsPage } from "../components/settings-page";
import { DeleteJob, type Job, PauseJob, ResumeJob, RunJob, jobsOptions } from "../job-query";

/** What repeats by the calendar, with its next and its last times. */
export function RecurringJobs() {
  const { t } = useTranslation();
  const mayChange = useMay("SCHEDULE");
  const query = useQuery(jobsOptions);
  return (
    <SettingsPage section="jobs" actions={mayChange && <JobDialog />}>
      {query.isPending && <ListSkeleton rows={3} />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {query.data?.length === 0 && <EmptyState title={t("settings.jobs_empty")} />}
      <Stack gap={16}>
        {query.data?.map((job) => (
          <JobCard key={job.id} job={job} mayChange={mayChange} />
        ))}
      </Stack>
    </SettingsPage>
  );
}

function JobCard({ job, mayChange }: { job: Job; mayChange: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: ["jobs"] });
  const input = { id: job.id };
  const isPaused = job.pausedAt !== null;
  const run = useMutation({ mutationFn: () => request(RunJob, { input }), onSettled });
  const turn = useMutation({
    mutationFn: async () => {
      await (isPaused ? request(ResumeJob, { input }) : request(PauseJob, { input }));
    },
    onSettled,
  });
  return (
    <section className="card pad" aria-label={job.name}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4}>
          <Group gap={12}>
            <Title order={2}>{job.name}</Title>
            <StateChip state={isPaused ? "paused" : "active"} />
          </Group>
          <Text c="dimmed">
            {t(`settings.job_${job.kind}`)} · <Code>{job.expression}</Code> · {job.zone}
          </Text>
        </Stack>
        {mayChange && (
          <Group gap={8}>
            <Button variant="default" loading={run.isPending} onClick={() => { run.mutate(); }}>
              {t("settings.job_run")}
            </Button>
            <Button variant="default" loading={turn.isPending} onClick={() => { turn.mutate(); }}>
              {t(isPaused ? "account.resume" : "account.pause")}
            </Button>
            <JobDialog job={job} />
            <DeleteButton job={job} />
          </Group>
        )}
      </Group>
      {(run.error ?? turn.error) !== null && <ErrorPanel error={run.error ?? turn.error} />}
      {!isPaused && (
        <Text size="sm" mt={8}>
          {t("settings.job_next_times", { times: listed(job.nextFireTimes.map((at) => dueTime(at, job.zone))) })}
        </Text>
      )}
      {job.runs.slice(0, 5).map((one) => (
        <Text key={one.id} size="sm" c={one.state === "FAILED" ? "var(--fenfa-bad)" : "dimmed"}>
          <Time at={one.occurrenceAt} /> {t(`settings.run_${one.state}`)}
          {one.isManual && ` · ${t("settings.run_manual")}`} {one.error}
        </Text>
      ))}
    </section>
  );
}

function DeleteButton({ job }: { job: Job }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => request(DeleteJob, { input: { id: job.id } }),
    onSuccess: close,
    onSettled: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
  return (
    <>
      <Button variant="default" onClick={open}>
        {t("settings.job_delete")}
      </Button>
      <FormDialog title={t("settings.job_delete")} action={t("settings.job_delete")} isOpen={isOpen} onClose={close} mutation={remove} isDangerous>
        <Text>{t("settings.job_delete_asks", { name: job.name })}</Text>
      </FormDialog>
    </>
  );
}
