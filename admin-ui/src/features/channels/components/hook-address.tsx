import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { CopiedAddress } from "./copied-address";

/** The address that is entered in the platform's console, so that the platform can call. */
export function HookAddress({ url }: { url: string }) {
  const { t } = useTranslation();
  return (
    <Stack gap={4}>
      <Text c="dimmed">{t("account.hook_help")}</Text>
      <CopiedAddress url={url} />
    </Stack>
  );
}
