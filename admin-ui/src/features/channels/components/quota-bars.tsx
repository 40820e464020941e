import { Progress, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";
import { Time } from "@/components/time";
import { useChannels } from "@/lib/channels";
import { type Quota, outlookOptions } from "@/lib/outlook";
import { localText } from "@/lib/text";

import type { Account } from "../query";

interface QuotaBarsProps {
  account: Account;
  /** Nothing else stands there: that there are no allowances is said. */
  isAlone?: boolean;
}

/** What is left of each allowance today: used solid, planned faint. */
export function QuotaBars({ account, isAlone = false }: QuotaBarsProps) {
  const { t } = useTranslation();
  const outlook = useQuery(outlookOptions(account.id));
  const channels = useChannels();
  if (outlook.error !== null) return <ErrorPanel error={outlook.error} retry={() => void outlook.refetch()} />;
  const hasNone = outlook.data?.every(({ quotas }) => quotas.length === 0) === true;
  if (hasNone) return isAlone && <Text c="dimmed">{t("account.no_quota")}</Text>;
  const words = (quota: string) => t(`quota.${quota}`, { defaultValue: quota });
  const lanes = channels.find((channel) => channel.id === account.channel?.id)?.lanes ?? [];
  return (
    <div className="quotas">
      {outlook.data?.flatMap(({ lane, quotas }) => {
        const declared = lanes.find((one) => one.id === lane);
        const name = declared === undefined ? lane : localText(declared.name);
        return quotas.map((quota) => (
          <Bar key={`${lane} ${quota.name}`} name={quotas.length > 1 ? `${name} · ${words(quota.name)}` : name} quota={quota} />
        ));
      })}
    </div>
  );
}

function Bar({ name, quota }: { name: string; quota: Quota }) {
  const { t } = useTranslation();
  const { allowed, taken, planned, isExceeded } = quota;
  const share = (count: number) => (allowed === 0 ? 0 : Math.min(100, (count / allowed) * 100));
  const used = share(taken);
  const colour = `var(--fenfa-${isExceeded ? "hold" : "run"})`;
  const told = t(isExceeded ? "account.quota_exceeded" : planned > 0 ? "account.quota_planned" : "account.quota_used", {
    taken,
    allowed,
    planned,
  });
  return (
    <Stack gap={2}>
      <Text size="sm" fw={600}>
        {name}
      </Text>
      <Progress.Root size={6} aria-hidden>
        <Progress.Section value={used} color={colour} withAria={false} />
        <Progress.Section value={Math.min(share(planned), 100 - used)} color={colour} opacity={0.4} withAria={false} />
      </Progress.Root>
      <Text size="xs" c={isExceeded ? "var(--fenfa-hold)" : "dimmed"} className="number">
        {told} {(taken > 0 || isExceeded) && (
          <>
            · {t("account.resets")} <Time at={quota.resetsAt} isDue />
          </>
        )}
      </Text>
    </Stack>
  );
}
