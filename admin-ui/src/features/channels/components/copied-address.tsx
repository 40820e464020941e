import { Button, Code, CopyButton, Group } from "@mantine/core";
import { Copy } from "lucide-react";
import { useTranslation } from "react-i18next";

/** An address that a person takes over to another place. */
export function CopiedAddress({ url }: { url: string }) {
  const { t } = useTranslation();
  return (
    <Group gap={8}>
      <Code className="address">{url}</Code>
      <CopyButton value={url}>
        {({ copied, copy }) => (
          <Button size="compact-sm" variant="default" leftSection={<Copy size={14} aria-hidden />} onClick={copy}>
            {t(copied ? "delivery.copied" : "account.copy")}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
