import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";
import type { SourceRef } from "@/lib/variant";

import { ScheduleForm } from "./schedule-form";

interface ScheduleButtonProps {
  source: SourceRef;
  title: string;
  isPublished: boolean;
  isDisabled: boolean;
}

/** Approve and plan: where it goes and when. It opens a dialog and never sends by itself. */
export function ScheduleButton({ source, title, isPublished, isDisabled }: ScheduleButtonProps) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button onClick={open} disabled={isDisabled} title={isDisabled ? t("schedule.save_first") : undefined}>
        {t("schedule.open")}
      </Button>
      <Dialog title={t("schedule.title", { title })} isOpen={isOpen} onClose={close} size={760}>
        <ScheduleForm source={source} isPublished={isPublished} onDone={close} />
      </Dialog>
    </>
  );
}
