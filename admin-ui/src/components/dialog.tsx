import { Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  size?: number;
  children: ReactNode;
}

/** A dialog: focus goes in and comes back to what opened it; Escape closes it. */
export function Dialog({ title, isOpen, onClose, size = 520, children }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Modal.Root opened={isOpen} onClose={onClose} size={size} centered>
      <Modal.Overlay />
      <Modal.Content>
        {/* A second banner would confuse who listens to the page. */}
        <Modal.Header component="div">
          <Modal.Title component="h2" fz="h2" fw={600}>
            {title}
          </Modal.Title>
          <Modal.CloseButton aria-label={t("dialog.close")} />
        </Modal.Header>
        <Modal.Body>
          <Stack gap={16}>{children}</Stack>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
