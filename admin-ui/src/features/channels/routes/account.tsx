import { Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { StateChip } from "@/components/state-chip";
import { ErrorPanel, ListSkeleton } from "@/components/states";
import { useChannelNames } from "@/lib/channels";
import { useMay } from "@/lib/session";

import { AccountFacts } from "../components/account-facts";
import { CheckButton, CheckResult, useCheck } from "../components/check";
import { HookAddress } from "../components/hook-address";
import { PauseButton, TurnError, useTurn } from "../components/pause-account";
import { QuotaBars } from "../components/quota-bars";
import { RenewDialog } from "../components/renew-dialog";
import { SettingsForm } from "../components/settings-form";
import { type Account, accountOptions, formsOptions } from "../query";

const route = getRouteApi("/shell/channels/$account");

/** One account: whether it works, what it may do today, and what can be changed. */
export function AccountPage() {
  const { t } = useTranslation();
  const { account: id } = route.useParams();
  const query = useQuery(accountOptions(id));
  if (query.data !== undefined) return <Shown account={query.data} />;
  return (
    <Page title={t("nav.channels")} back={{ to: "/channels", label: t("nav.channels") }}>
      {query.error === null ? <ListSkeleton /> : <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
    </Page>
  );
}

function Shown({ account }: { account: Account }) {
  const { t } = useTranslation();
  const nameOf = useChannelNames();
  const mayManage = useMay("MANAGE_ACCOUNTS");
  const forms = useQuery(formsOptions);
  const check = useCheck(account);
  const turn = useTurn(account);
  const fields = forms.data?.find((channel) => channel.id === account.channel?.id)?.accountFields;
  const actions = mayManage && (
    <>
      <PauseButton account={account} turn={turn} />
      <CheckButton check={check} />
      {fields !== undefined && <RenewDialog account={account} fields={fields} />}
    </>
  );
  return (
    <Page
      title={account.name}
      mark={<StateChip state={account.status} />}
      back={{ to: "/channels", label: t("nav.channels") }}
      actions={actions}
      width={1000}
    >
      <section className="card told" aria-live="polite">
        <Stack gap={4}>
          <Text size="lg">{t(`account.told_${account.status.toLowerCase()}`)}</Text>
          {account.statusNote !== null && <Text c="dimmed">{t("account.note", { note: account.statusNote })}</Text>}
          <Group gap={16}>
            <Text size="sm" c="dimmed">
              {nameOf(account.channel?.id ?? "")}
              {account.externalId !== null && ` · ${account.externalId}`}
            </Text>
            <AccountFacts account={account} />
            <Text size="sm">
              <Link to="/deliveries" search={{ channel: account.channel?.id ?? "" }} className="link">
                {t("account.deliveries")}
              </Link>
            </Text>
          </Group>
        </Stack>
      </section>
      <CheckResult account={account} check={check} />
      <TurnError turn={turn} />
      <Part title={t("account.today")}>
        <QuotaBars account={account} isAlone />
      </Part>
      {account.hookUrl !== null && (
        <Part title={t("account.hook")}>
          <HookAddress url={account.hookUrl} />
        </Part>
      )}
      {forms.error !== null && <ErrorPanel error={forms.error} retry={() => void forms.refetch()} />}
      {mayManage && fields !== undefined && (
        <Part title={t("account.settings")}>
          <SettingsForm key={account.version} account={account} fields={fields} />
        </Part>
      )}
    </Page>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section>
      <Title order={2} mb={8}>
        {title}
      </Title>
      <div className="card told">{children}</div>
    </section>
  );
}
