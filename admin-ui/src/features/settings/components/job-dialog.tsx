import { Button, Select, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/components/form-dialog";
import { request } from "@/lib/graphql";
import { useZone } from "@/lib/session";

import { type JobDraft, KINDS, draftOf, inputOf, isReady } from "../job-draft";
import { CreateJob, type Job, UpdateJob } from "../job-query";
import { JobCalendar } from "./job-calendar";
import { JobWork } from "./job-work";

/** Makes a recurring job, or changes one: what it does and when, with its next times before anything is saved. */
export function JobDialog({ job }: { job?: Job }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const words = job === undefined ? "job_new" : "job_edit";
  return (
    <>
      <Button variant={job === undefined ? "filled" : "default"} onClick={open}>
        {t(`settings.${words}`)}
      </Button>
      {isOpen && <Form {...(job !== undefined && { job })} title={t(`settings.${words}`)} onClose={close} />}
    </>
  );
}

function Form({ job, title, onClose }: { job?: Job; title: string; onClose: () => void }) {
  const { t } = useTranslation();
  const zone = useZone();
  const [draft, setDraft] = useState(() => draftOf(zone, job));
  const set = (part: Partial<JobDraft>) => {
    setDraft((before) => ({ ...before, ...part }));
  };
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: async () => {
      const input = inputOf(draft);
      await (job === undefined
        ? request(CreateJob, { input })
        : request(UpdateJob, { input: { ...input, id: job.id, baseVersion: job.version } }));
    },
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
  return (
    <FormDialog title={title} action={t("settings.job_save")} isOpen onClose={onClose} mutation={save} isReady={isReady(draft)}>
      <TextInput
        label={t("settings.name")}
        value={draft.name}
        onChange={(event) => {
          set({ name: event.currentTarget.value });
        }}
      />
      <Select
        label={t("settings.job_kind")}
        value={draft.kind}
        data={KINDS.map((kind) => ({ value: kind, label: t(`settings.job_${kind}`) }))}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        onChange={(kind) => {
          set({ kind: KINDS.find((one) => one === kind) ?? draft.kind });
        }}
      />
      <JobWork draft={draft} onChange={set} />
      <JobCalendar draft={draft} onChange={set} />
    </FormDialog>
  );
}
