import { Button, Code, CopyButton, Group, Stack, Text } from "@mantine/core";
import { Copy, Download, RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";

import type { Link } from "../links";

interface LinkDialogProps {
  name: string;
  help: string;
  link: Link;
  isOpen: boolean;
  onClose: () => void;
  /** Makes another; absent for links that do not end. */
  remake: (() => void) | undefined;
  isMaking: boolean;
}

/** A link or code, to be scanned, copied or saved. */
export function LinkDialog({ name, help, link, isOpen, onClose, remake, isMaking }: LinkDialogProps) {
  const { t } = useTranslation();
  const ending = link.picture.startsWith("data:image/jpeg") ? "jpg" : "png";
  return (
    <Dialog title={name} isOpen={isOpen} onClose={onClose}>
      <Stack gap={12} align="center">
        {/* White in the dark theme, too: cameras look for the light frame. */}
        <img className="link-picture" src={link.picture} alt={t("link.picture", { name })} width={240} height={240} />
        <Text size="sm" c="dimmed" ta="center">
          {help}
        </Text>
      </Stack>
      {link.address !== null && (
        <Code block className="link-address">
          {link.address}
        </Code>
      )}
      <Group justify="flex-end" gap={8}>
        {remake !== undefined && (
          <Button variant="subtle" leftSection={<RefreshCw size={16} aria-hidden />} loading={isMaking} onClick={remake}>
            {t("link.remake")}
          </Button>
        )}
        <Button component="a" href={link.picture} download={`${name}.${ending}`} variant="default" leftSection={<Download size={16} aria-hidden />}>
          {t("link.save")}
        </Button>
        {link.address !== null && (
          <CopyButton value={link.address}>
            {({ copied, copy }) => (
              <Button leftSection={<Copy size={16} aria-hidden />} onClick={copy}>
                {copied ? t("link.copied") : t("link.copy")}
              </Button>
            )}
          </CopyButton>
        )}
      </Group>
    </Dialog>
  );
}
