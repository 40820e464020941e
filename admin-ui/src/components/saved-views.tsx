import { Button, CloseButton, Group, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { Bookmark } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type ListSearch, isSameList } from "@/lib/search";
import { type View, useViews } from "@/lib/views";

import { FormDialog } from "./form-dialog";

interface SavedViewsProps {
  list: string;
  value: ListSearch;
  onChange: (next: ListSearch) => void;
}

/** The filters that a person keeps under names; what is filtered now can be kept too. */
export function SavedViews({ list, value, onChange }: SavedViewsProps) {
  const { t } = useTranslation();
  const [views, setViews] = useViews(list);
  const isKept = isSameList(value, {}) || views.some((view) => isSameList(view.search, value));
  if (views.length === 0 && isKept) return null;
  return (
    <Group gap={8} role="group" aria-label={t("views.title")}>
      <ViewButton name={t("views.all")} isHere={isSameList(value, {})} onChoose={() => { onChange({}); }} />
      {views.map((view) => (
        <Group key={view.name} gap={0}>
          <ViewButton name={view.name} isHere={isSameList(view.search, value)} onChoose={() => { onChange(view.search); }} />
          {isSameList(view.search, value) && (
            <CloseButton
              size="sm"
              aria-label={t("views.forget", { name: view.name })}
              onClick={() => {
                setViews(views.filter(({ name }) => name !== view.name));
              }}
            />
          )}
        </Group>
      ))}
      {!isKept && (
        <KeepView
          onKeep={(name) => {
            setViews([...views.filter((view) => view.name !== name), { name, search: value } satisfies View]);
          }}
        />
      )}
    </Group>
  );
}

function ViewButton({ name, isHere, onChoose }: { name: string; isHere: boolean; onChoose: () => void }) {
  return (
    <Button size="xs" variant={isHere ? "filled" : "default"} aria-pressed={isHere} onClick={onChoose}>
      {name}
    </Button>
  );
}

function KeepView({ onKeep }: { onKeep: (name: string) => void }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const [name, setName] = useState("");
  const keep = useMutation({
    mutationFn: () => {
      onKeep(name.trim());
      return Promise.resolve();
    },
    onSuccess: close,
  });
  return (
    <>
      <Button size="xs" variant="subtle" leftSection={<Bookmark size={14} aria-hidden />} onClick={open}>
        {t("views.keep")}
      </Button>
      <FormDialog title={t("views.keep")} action={t("views.keep_yes")} isOpen={isOpen} onClose={close} mutation={keep} isReady={name.trim() !== ""}>
        <TextInput
          data-autofocus
          label={t("views.name")}
          description={t("views.name_help")}
          value={name}
          maxLength={40}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
      </FormDialog>
    </>
  );
}
