import { ActionIcon, Button, CloseButton, Group, TextInput, Tooltip } from "@mantine/core";
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

/** The filters that a person keeps under names. */
export function SavedViews({ list, value, onChange }: SavedViewsProps) {
  const { t } = useTranslation();
  const [views, setViews] = useViews(list);
  if (views.length === 0) return null;
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

/** Keeps what is filtered now. It stands beside the filters, which stay where they are when it comes and goes. */
export function KeepView({ list, value }: Pick<SavedViewsProps, "list" | "value">) {
  const { t } = useTranslation();
  const [views, setViews] = useViews(list);
  const [isOpen, { open, close }] = useDisclosure(false);
  const [name, setName] = useState("");
  const keep = useMutation({
    mutationFn: () => {
      setViews([...views.filter((view) => view.name !== name.trim()), { name: name.trim(), search: value } satisfies View]);
      setName("");
      return Promise.resolve();
    },
    onSuccess: close,
  });
  const isKept = isSameList(value, {}) || views.some((view) => isSameList(view.search, value));
  return (
    <>
      {!isKept && (
        <Tooltip label={t("views.keep")} withinPortal={false}>
          <ActionIcon variant="default" size={36} aria-label={t("views.keep")} onClick={open}>
            <Bookmark size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
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
