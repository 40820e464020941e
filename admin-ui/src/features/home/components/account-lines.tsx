import { Button, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useChannelNames } from "@/lib/channels";
import { dueTime } from "@/lib/dates";
import { useZone } from "@/lib/session";

import type { HomeAccount } from "../query";
import type { TightAllowance } from "../use-tight-allowances";
import { Line } from "./line";

/** An account that cannot send. */
export function WaitingAccount({ account }: { account: HomeAccount }) {
  const { t } = useTranslation();
  return (
    <AccountLine account={account} state={account.status} text={t(`account.told_${account.status.toLowerCase()}`)} />
  );
}

/** An account that will not be able to send before long, unless somebody signs in again. */
export function EndingAccount({ account }: { account: HomeAccount }) {
  const { t } = useTranslation();
  const zone = useZone();
  const key = account.grantExpiresAt === null ? "home.ends_soon" : "home.ends_at";
  return <AccountLine account={account} state="ending" text={t(key, { time: dueTime(account.grantExpiresAt ?? "", zone) })} />;
}

/** An account that can send little more today. */
export function TightAccount({ account, lane, quota }: TightAllowance) {
  const { t } = useTranslation();
  const zone = useZone();
  const nameOf = useChannelNames();
  const { name, taken, planned, allowed, isExceeded, resetsAt } = quota;
  const way = [nameOf(account.channel?.id ?? "", lane), t(`quota.${name}`, { defaultValue: "" })].filter((part) => part !== "").join(" · ");
  const text = t(isExceeded ? "home.tight_exceeded" : "home.tight", { way, taken, planned, allowed, time: dueTime(resetsAt, zone) });
  return <AccountLine account={account} state="tight" text={text} />;
}

function AccountLine({ account, state, text }: { account: HomeAccount; state: string; text: string }) {
  const { t } = useTranslation();
  return (
    <Line state={state} title={<Text fw={600}>{account.name}</Text>} text={text}>
      <Button variant="default" size="xs" component={Link} to={`/channels/${account.id}`}>
        {t("home.to_channels")}
      </Button>
    </Line>
  );
}
