import { MultiSelect, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/components/form-dialog";

import type { WebhookDraft } from "../webhook-query";

interface WebhookFormProps {
  title: string;
  action: string;
  first: WebhookDraft;
  topics: string[];
  save: (draft: WebhookDraft) => Promise<void>;
  onClose: () => void;
}

/** Who is told, where, and of what. */
export function WebhookForm({ title, action, first, topics, save, onClose }: WebhookFormProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(first);
  const saving = useMutation({ mutationFn: () => save(draft), onSuccess: onClose });
  const isReady = draft.name !== "" && draft.url !== "" && draft.topics.length > 0;
  return (
    <FormDialog title={title} action={action} isOpen onClose={onClose} mutation={saving} isReady={isReady}>
      <TextInput label={t("settings.name")} value={draft.name} onChange={(event) => { setDraft({ ...draft, name: event.currentTarget.value }); }} />
      <TextInput
        label={t("settings.webhook_url")}
        description={t("settings.webhook_url_help")}
        type="url"
        value={draft.url}
        onChange={(event) => { setDraft({ ...draft, url: event.currentTarget.value }); }}
      />
      <MultiSelect
        label={t("settings.webhook_topics")}
        data={topics}
        value={draft.topics}
        onChange={(chosen) => { setDraft({ ...draft, topics: chosen }); }}
        comboboxProps={{ withinPortal: false }}
        clearButtonProps={{ "aria-label": t("list.clear") }}
      />
    </FormDialog>
  );
}
