import { Alert, Button, Code, CopyButton, Group, Text } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import { useTranslation } from "react-i18next";

/** A secret that is shown this once. */
export function Secret({ value }: { value: string }) {
  const { t } = useTranslation();
  return (
    <Alert variant="outline" role="status" title={t("settings.once")} className="held told-once">
      <Text mb={8}>{t("settings.once_lead")}</Text>
      <Group wrap="nowrap">
        <Code className="wrap">{value}</Code>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              size="xs"
              onClick={copy}
              leftSection={copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
            >
              {t(copied ? "delivery.copied" : "settings.copy")}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}
