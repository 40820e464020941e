import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { isTaken } from "../sign-in";
import { CopiedAddress } from "./copied-address";

/** The address that must stand in the platform's console before anybody can sign in on its page. */
export function RedirectAddress({ url, channel }: { url: string; channel: string }) {
  const { t } = useTranslation();
  return (
    <Stack gap={4}>
      <Text c="dimmed">{t("sign_in.redirect_help", { channel })}</Text>
      <CopiedAddress url={url} />
      {!isTaken(url) && <Text c="var(--fenfa-hold)">{t("sign_in.needs_https", { channel })}</Text>}
    </Stack>
  );
}
