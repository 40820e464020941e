import { Button, Code, CopyButton, Group, Stack, Text } from "@mantine/core";
import { Copy } from "lucide-react";
import { useTranslation } from "react-i18next";

/** The address that is entered in the platform's console, so that the platform can call. */
export function HookAddress({ url }: { url: string }) {
  const { t } = useTranslation();
  return (
    <Stack gap={4}>
      <Text c="dimmed">{t("account.hook_help")}</Text>
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
    </Stack>
  );
}
