import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { hourMinute } from "@/lib/dates";
import { ApiError } from "@/lib/graphql";
import { said } from "@/lib/refusal";
import { useZone } from "@/lib/session";

import type { StoryEditor } from "../use-story-editor";

/** Whether what is typed is safe: saved, kept as a draft, or not. */
export function SaveState({ editor }: { editor: StoryEditor }) {
  const { t } = useTranslation();
  const zone = useZone();
  const { autosave, isDirty, isSaving, story } = editor;
  const text = () => {
    if (isSaving || autosave.isPending) return t("story.saving");
    const { error, localAt } = autosave;
    if (isDirty && error !== null && localAt !== null) {
      const time = hourMinute(localAt, zone);
      const isOffline = error instanceof ApiError && error.code === "OFFLINE";
      return isOffline ? t("story.kept_here", { time }) : t("story.refused_kept_here", { time, reason: said(error).replace(/[。.]$/, "") });
    }
    if (isDirty && error !== null) return t("story.not_kept");
    if (isDirty && autosave.wasReplayed && autosave.at !== undefined) return t("story.replayed", { time: hourMinute(autosave.at, zone) });
    if (isDirty && autosave.at !== undefined) return t("story.kept", { time: hourMinute(autosave.at, zone) });
    if (isDirty) return t("story.unsaved");
    return t("story.saved", { time: hourMinute(story.updatedAt, zone) });
  };
  return (
    <Text component="span" size="sm" c="dimmed" role="status" className="number">
      {text()}
    </Text>
  );
}
