import { Text, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Pause } from "@/lib/pauses";

import { Time } from "./time";

/** A word to the colleagues on why something is paused. */
export function PauseNote({ value, onChange }: { value: string; onChange: (note: string) => void }) {
  const { t } = useTranslation();
  return (
    <Textarea
      label={t("pause.note")}
      value={value}
      maxLength={500}
      autosize
      minRows={2}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
    />
  );
}

/** Since when something is paused, and the word that was left. */
export function PausedSince({ pause }: { pause: Pause }) {
  return (
    <Text size="sm" c="dimmed">
      <Time at={pause.createdAt} />
      {pause.note !== null && ` · ${pause.note}`}
    </Text>
  );
}
