import { ActionIcon } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { CircleQuestionMark } from "lucide-react";
import { Suspense, lazy } from "react";
import { useTranslation } from "react-i18next";

import { isDialogOpen } from "@/lib/keys";

const Shortcuts = lazy(async () => ({ default: (await import("./shortcuts")).Shortcuts }));

/** The way to the list of shortcuts: a button, and the question mark, however it is typed. */
export function ShortcutsButton() {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const ask = () => {
    if (!isDialogOpen()) open();
  };
  useHotkeys([
    ["?", ask],
    ["shift+?", ask],
    ["shift+？", ask],
  ]);
  return (
    <>
      <ActionIcon variant="subtle" size={36} onClick={open} aria-label={t("shortcuts.title")} aria-keyshortcuts="?">
        <CircleQuestionMark size={16} aria-hidden />
      </ActionIcon>
      <Suspense>{isOpen && <Shortcuts onClose={close} />}</Suspense>
    </>
  );
}
