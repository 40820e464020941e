import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CirclePause } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/components/form-dialog";
import { PauseNote, PausedSince } from "@/components/pause-words";
import { StateChip } from "@/components/state-chip";
import { ErrorPanel } from "@/components/states";
import { pauseDeliveries, pauseOf, resumeDeliveries, stoppedOptions } from "@/lib/pauses";
import { useMay } from "@/lib/session";
import type { SourceRef } from "@/lib/variant";

/** Says that nothing of a story or video is sent, since when and why, and lets it go on. */
export function SourcePaused({ source }: { source: SourceRef }) {
  const { t } = useTranslation();
  const maySchedule = useMay("SCHEDULE");
  const client = useQueryClient();
  const stopped = useQuery(stoppedOptions);
  const resume = useMutation({
    mutationFn: () => resumeDeliveries({ source }),
    onSettled: () => readAgain(client),
  });
  if (stopped.error !== null) return <ErrorPanel error={stopped.error} retry={() => void stopped.refetch()} />;
  const pause = pauseOf(source, stopped.data?.pauses ?? []);
  if (pause === undefined) return null;
  return (
    <section className="card line" aria-label={t("pause.stopped")}>
      <StateChip state="paused" />
      <div className="line-text">
        <Text>{t("pause.source_tells")}</Text>
        <PausedSince pause={pause} />
        {resume.error !== null && <ErrorPanel error={resume.error} />}
      </div>
      {maySchedule && (
        <Button
          loading={resume.isPending}
          onClick={() => {
            resume.mutate();
          }}
        >
          {t("pause.source_resume")}
        </Button>
      )}
    </section>
  );
}

/** Stops all that is planned of a story or video, with a word to the colleagues. Nothing where it is paused already. */
export function PauseSourceButton({ source, title }: { source: SourceRef; title: string }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const [note, setNote] = useState("");
  const client = useQueryClient();
  const stopped = useQuery(stoppedOptions).data;
  const pause = useMutation({
    mutationFn: () => pauseDeliveries({ source }, note),
    onSuccess: () => {
      setNote("");
      close();
    },
    onSettled: () => readAgain(client),
  });
  if (stopped === undefined || pauseOf(source, stopped.pauses) !== undefined) return null;
  return (
    <>
      <Button variant="default" leftSection={<CirclePause size={16} aria-hidden />} onClick={open}>
        {t("pause.source")}
      </Button>
      <FormDialog title={t("pause.source_title", { title })} action={t("pause.yes")} isOpen={isOpen} onClose={close} mutation={pause}>
        <Text>{t("pause.asks")}</Text>
        <PauseNote value={note} onChange={setNote} />
      </FormDialog>
    </>
  );
}

async function readAgain(client: QueryClient): Promise<void> {
  await client.invalidateQueries({ queryKey: stoppedOptions.queryKey });
  await client.invalidateQueries({ queryKey: ["deliveries"] });
}
