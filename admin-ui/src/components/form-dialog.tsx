import { Button, Group } from "@mantine/core";
import { type UseMutationResult } from "@tanstack/react-query";
import type { ReactNode, SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";

import { Dialog } from "./dialog";
import { ErrorPanel } from "./states";

interface FormDialogProps {
  title: string;
  /** The words on the button that does it. */
  action: string;
  isOpen: boolean;
  onClose: () => void;
  /** What is done on submit. */
  mutation: Pick<UseMutationResult<unknown, Error, void>, "mutate" | "isPending" | "error">;
  isReady?: boolean;
  isDangerous?: boolean;
  children: ReactNode;
}

/** A dialog with a form: Enter submits, an error stays in it with everything that was typed. */
export function FormDialog(props: FormDialogProps) {
  const { title, action, isOpen, onClose, mutation, isReady = true, isDangerous = false, children } = props;
  const { t } = useTranslation();
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    mutation.mutate();
  };
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      <form onSubmit={submit} className="form">
        {children}
        {mutation.error !== null && <ErrorPanel error={mutation.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("dialog.back")}
          </Button>
          <Button type="submit" disabled={!isReady} loading={mutation.isPending} {...(isDangerous && { color: "red" })}>
            {action}
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
