import { Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { StateChip } from "@/components/state-chip";
import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import { useChannelNames } from "@/lib/channels";
import { useMay } from "@/lib/session";

import { AccountFacts } from "../components/account-facts";
import { CheckButton, CheckResult, useCheck } from "../components/check";
import { ConnectMenu } from "../components/connect-menu";
import { AccountPause, PauseButton, TurnError, useTurn } from "../components/pause-account";
import { PauseDialog } from "../components/pause-dialog";
import { QuotaBars } from "../components/quota-bars";
import { Stopped } from "../components/stopped";
import { type Account, accountsOptions } from "../query";

/** The accounts: whether they work, what they have left today, and what one can do about it. */
export function AccountList() {
  const { t } = useTranslation();
  const query = useQuery(accountsOptions);
  const mayManage = useMay("MANAGE_ACCOUNTS");
  const actions = mayManage && (
    <>
      <PauseDialog />
      <ConnectMenu />
    </>
  );
  return (
    <Page title={t("nav.channels")} lead={t("account.lead")} actions={actions}>
      <Stopped />
      {query.isPending && <ListSkeleton rows={3} />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {query.data?.length === 0 && <EmptyState title={t(mayManage ? "account.empty_connect" : "account.empty")} />}
      <Stack gap={16}>
        {query.data?.map((account) => (
          <AccountCard key={account.id} account={account} />
        ))}
      </Stack>
    </Page>
  );
}

function AccountCard({ account }: { account: Account }) {
  const { t } = useTranslation();
  const nameOf = useChannelNames();
  const mayManage = useMay("MANAGE_ACCOUNTS");
  const check = useCheck(account);
  const turn = useTurn(account);
  return (
    <section className="card pad" aria-label={account.name}>
      <Stack gap={12}>
        <Group justify="space-between" align="flex-start" wrap="nowrap">
          <Stack gap={4}>
            <Group gap={12}>
              <Title order={2}>
                <Link to="/channels/$account" params={{ account: account.id }} className="row-link">
                  {account.name}
                </Link>
              </Title>
              <StateChip state={account.status} />
            </Group>
            <Text c="dimmed">{nameOf(account.channel?.id ?? "")}</Text>
            {account.status !== "ACTIVE" && <Text>{t(`account.told_${account.status.toLowerCase()}`)}</Text>}
            <AccountPause account={account} />
            <AccountFacts account={account} />
          </Stack>
          {mayManage && account.status !== "DISCONNECTED" && (
            <Group gap={8} wrap="nowrap">
              <CheckButton check={check} />
              <PauseButton account={account} turn={turn} />
            </Group>
          )}
        </Group>
        {account.status !== "DISCONNECTED" && <QuotaBars account={account} />}
        <CheckResult account={account} check={check} />
        <TurnError turn={turn} />
      </Stack>
    </section>
  );
}
