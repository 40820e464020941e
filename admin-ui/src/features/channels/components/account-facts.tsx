import { Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Time } from "@/components/time";

import type { Account } from "../query";

/** When it was looked at, and until when it can be used without a person. */
export function AccountFacts({ account }: { account: Account }) {
  const { t } = useTranslation();
  const { checkedAt, grantExpiresAt, tokenExpiresAt, isGrantEnding } = account;
  return (
    <Group gap={16}>
      {checkedAt !== null && (
        <Text size="sm" c="dimmed">
          {t("account.checked")} <Time at={checkedAt} />
        </Text>
      )}
      {grantExpiresAt !== null && (
        <Text size="sm" c={isGrantEnding ? "var(--fenfa-hold)" : "dimmed"} fw={isGrantEnding ? 600 : 400}>
          {t(isGrantEnding ? "account.grant_ends" : "account.grant_until")} <Time at={grantExpiresAt} isDue />
        </Text>
      )}
      {grantExpiresAt === null && tokenExpiresAt !== null && (
        <Text size="sm" c="dimmed">
          {t("account.token_until")} <Time at={tokenExpiresAt} isDue />
        </Text>
      )}
    </Group>
  );
}
