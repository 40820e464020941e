import { Group, Stack, Text } from "@mantine/core";
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
import { DisconnectDialog } from "../components/disconnect-dialog";
import { HookAddress } from "../components/hook-address";
import { LaneList } from "../components/lane-list";
import { AccountPause, PauseButton, TurnError, useTurn } from "../components/pause-account";
import { Part } from "../components/part";
import { QuotaBars } from "../components/quota-bars";
import { ReconnectForm } from "../components/reconnect-form";
import { RedirectAddress } from "../components/redirect-address";
import { RemovalFiles } from "../components/removal-files";
import { RenewDialog } from "../components/renew-dialog";
import { SettingsForm } from "../components/settings-form";
import { SignInButton, SignInError, useSignIn } from "../components/sign-in-button";
import { SignInResult } from "../components/sign-in-result";
import { type Account, type ConnectForm, accountOptions, formsOptions } from "../query";

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
  const channel = useChannelNames()(account.channel?.id ?? "");
  const mayManage = useMay("MANAGE_ACCOUNTS");
  const forms = useQuery(formsOptions);
  const check = useCheck(account);
  const turn = useTurn(account);
  const leaving = useSignIn(account);
  const form = forms.data?.find(({ id }) => id === account.channel?.id);
  const isConnected = account.status !== "DISCONNECTED";
  const redirectUrl = form?.redirectUrl ?? null;
  const actions = mayManage && isConnected && (
    <>
      <PauseButton account={account} turn={turn} />
      <CheckButton check={check} />
      {form !== undefined && <RenewDialog account={account} fields={form.accountFields} signsIn={redirectUrl !== null} />}
      <DisconnectDialog account={account} />
      {redirectUrl !== null && <SignInButton account={account} redirectUrl={redirectUrl} leaving={leaving} />}
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
      <CameBack account={account} />
      <SignInError leaving={leaving} />
      <section className="card told" aria-live="polite">
        <Stack gap={4}>
          <Text size="lg">{t(`account.told_${account.status.toLowerCase()}`)}</Text>
          <AccountPause account={account} />
          {account.statusNote !== null && <Text c="dimmed">{t("account.note", { note: account.statusNote })}</Text>}
          <Group gap={16}>
            <Text size="sm" c="dimmed">
              {[channel, account.externalName, account.externalId].filter((part) => part !== null).join(" · ")}
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
      {forms.error !== null && <ErrorPanel error={forms.error} retry={() => void forms.refetch()} />}
      <RemovalFiles account={account} />
      {isConnected ? (
        <Connected account={account} form={form} mayManage={mayManage} />
      ) : (
        mayManage &&
        form !== undefined && (
          <Part title={t("disconnect.again")}>
            <ReconnectForm key={account.version} account={account} fields={form.accountFields} />
          </Part>
        )
      )}
    </Page>
  );
}

/** What came of the way from which the person just came back, until they have read it. */
function CameBack({ account }: { account: Account }) {
  const { signIn } = route.useSearch();
  const navigate = route.useNavigate();
  if (signIn === undefined) return null;
  return (
    <SignInResult
      account={account}
      id={signIn}
      onClose={() => {
        void navigate({ search: {}, replace: true });
      }}
    />
  );
}

/** What an account may do, and what can be changed of it. */
function Connected({ account, form, mayManage }: { account: Account; form: ConnectForm | undefined; mayManage: boolean }) {
  const { t } = useTranslation();
  const channel = useChannelNames()(account.channel?.id ?? "");
  return (
    <>
      <Part title={t("account.lanes")}>
        <LaneList account={account} />
      </Part>
      <Part title={t("account.today")}>
        <QuotaBars account={account} isAlone />
      </Part>
      {mayManage && form !== undefined && form.redirectUrl !== null && (
        <Part title={t("sign_in.redirect")}>
          <RedirectAddress url={form.redirectUrl} channel={channel} />
        </Part>
      )}
      {account.hookUrl !== null && (
        <Part title={t("account.hook")}>
          <HookAddress url={account.hookUrl} />
        </Part>
      )}
      {mayManage && form !== undefined && (
        <Part title={t("account.settings")}>
          <SettingsForm key={account.version} account={account} fields={form.accountFields} />
        </Part>
      )}
    </>
  );
}
