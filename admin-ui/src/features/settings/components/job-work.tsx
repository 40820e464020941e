import { NumberInput, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { connectedOptions, useChannels } from "@/lib/channels";
import { localText } from "@/lib/text";

import { type JobDraft, METRICS } from "../job-draft";

interface JobWorkProps {
  draft: JobDraft;
  onChange: (part: Partial<JobDraft>) => void;
}

/** What a recurring job does, by its kind. */
export function JobWork({ draft, onChange }: JobWorkProps) {
  if (draft.kind === "DIGEST") return <Digest draft={draft} onChange={onChange} />;
  if (draft.kind === "PULL_STATISTICS") return <Statistics draft={draft} onChange={onChange} />;
  return <Submission draft={draft} onChange={onChange} />;
}

function Digest({ draft, onChange }: JobWorkProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t("settings.job_title")}
        description={t("settings.job_title_help")}
        value={draft.title}
        onChange={(event) => {
          onChange({ title: event.currentTarget.value });
        }}
      />
      <NumberInput
        label={t("settings.job_stories")}
        value={draft.storyCount}
        min={1}
        max={20}
        onChange={(count) => {
          onChange({ storyCount: Number(count) });
        }}
      />
      <Days value={draft.digestDays} onChange={(digestDays) => { onChange({ digestDays }); }} />
      <Select
        label={t("stats.metric")}
        value={draft.metric}
        data={METRICS.map((metric) => ({ value: metric, label: t(`stats.${metric}`) }))}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        onChange={(metric) => {
          onChange({ metric: METRICS.find((one) => one === metric) ?? draft.metric });
        }}
      />
    </>
  );
}

function Statistics({ draft, onChange }: JobWorkProps) {
  const { t } = useTranslation();
  const channels = useChannels();
  return (
    <>
      <Select
        label={t("delivery.channel")}
        value={draft.channel}
        data={[{ value: "", label: t("list.all_channels") }, ...channels.map(({ id, name }) => ({ value: id, label: localText(name) }))]}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        onChange={(channel) => {
          onChange({ channel: channel ?? "" });
        }}
      />
      <Days value={draft.statisticDays} onChange={(statisticDays) => { onChange({ statisticDays }); }} />
    </>
  );
}

function Submission({ draft, onChange }: JobWorkProps) {
  const { t } = useTranslation();
  const channels = useChannels();
  const accounts = useQuery(connectedOptions).data ?? [];
  const data = accounts.flatMap((account) => {
    const lanes = channels.find(({ id }) => id === account.channel?.id)?.lanes ?? [];
    return lanes
      .filter((lane) => lane.takes.includes("STORY"))
      .map((lane) => ({ value: `${account.id} ${lane.id}`, label: `${account.name} · ${localText(lane.name)}` }));
  });
  return (
    <Select
      label={t("settings.job_where")}
      value={draft.destination === "" ? null : draft.destination}
      data={data}
      allowDeselect={false}
      searchable
      comboboxProps={{ withinPortal: false }}
      onChange={(destination) => {
        onChange({ destination: destination ?? "" });
      }}
    />
  );
}

function Days({ value, onChange }: { value: number; onChange: (days: number) => void }) {
  const { t } = useTranslation();
  return (
    <NumberInput
      label={t("settings.job_days")}
      value={value}
      min={1}
      max={90}
      onChange={(days) => {
        onChange(Number(days));
      }}
    />
  );
}
