import { Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { Forbidden, EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import { useChannelNames } from "@/lib/channels";
import { useMay } from "@/lib/session";

import { AccountInputs, given, isSaidInPlace, nameComplaint } from "../components/account-inputs";
import { CheckButton, CheckResult, useCheck } from "../components/check";
import { HookAddress } from "../components/hook-address";
import { RedirectAddress } from "../components/redirect-address";
import { SignInButton, SignInError, useSignIn } from "../components/sign-in-button";
import { type Account, type AccountField, type Values, connectAccount, formsOptions } from "../query";

const route = getRouteApi("/shell/channels/connect/$kind");

/** Connects an account: what the channel asks for, what to enter on its side, and whether it works. */
export function Connect() {
  const { t } = useTranslation();
  const { kind } = route.useParams();
  const name = useChannelNames()(kind);
  const mayManage = useMay("MANAGE_ACCOUNTS");
  const forms = useQuery(formsOptions);
  const [account, setAccount] = useState<Account>();
  const form = forms.data?.find((channel) => channel.id === kind);
  return (
    <Page title={t("connect.title", { channel: name })} back={{ to: "/channels", label: t("nav.channels") }} width={800}>
      {!mayManage && <Forbidden />}
      {mayManage && forms.isPending && <ListSkeleton />}
      {forms.error !== null && <ErrorPanel error={forms.error} retry={() => void forms.refetch()} />}
      {mayManage && forms.data !== undefined && form === undefined && <EmptyState title={t("connect.unknown")} />}
      {mayManage && form !== undefined && account === undefined && (
        <>
          {form.redirectUrl !== null && (
            <Step title={t("sign_in.redirect_first")}>
              <RedirectAddress url={form.redirectUrl} channel={name} />
            </Step>
          )}
          <Form channel={kind} channelName={name} fields={form.accountFields} onConnected={setAccount} />
        </>
      )}
      {account !== undefined && form !== undefined && <Connected account={account} channel={name} redirectUrl={form.redirectUrl} />}
    </Page>
  );
}

interface FormProps {
  channel: string;
  channelName: string;
  fields: AccountField[];
  onConnected: (account: Account) => void;
}

function Form({ channel, channelName, fields, onConnected }: FormProps) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [values, setValues] = useState<Values>(() => Object.fromEntries(fields.map((field) => [field.name, field.default ?? ""])));
  const client = useQueryClient();
  const connect = useMutation({
    mutationFn: () => {
      const part = (secret: boolean) => given(fields.filter((field) => field.secret === secret), values);
      return connectAccount(channel, name, part(false), part(true));
    },
    onSuccess: onConnected,
    onSettled: () => client.invalidateQueries({ queryKey: ["accounts"] }),
  });
  return (
    <form
      className="card told"
      onSubmit={(event) => {
        event.preventDefault();
        connect.mutate();
      }}
    >
      <Stack gap={16} maw={560}>
        <Text c="dimmed">{t("connect.lead", { channel: channelName })}</Text>
        <TextInput
          label={t("connect.name")}
          description={t("connect.name_help")}
          required
          value={name}
          error={nameComplaint(connect.error)}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        <AccountInputs fields={fields} values={values} onChange={setValues} error={connect.error} />
        {connect.error !== null && !isSaidInPlace(connect.error, fields) && <ErrorPanel error={connect.error} />}
        <Group>
          <Button type="submit" loading={connect.isPending}>
            {t("connect.yes", { channel: channelName })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What the platform said at once, and what is left to do on its side. */
function Connected({ account, channel, redirectUrl }: { account: Account; channel: string; redirectUrl: string | null }) {
  const { t } = useTranslation();
  const check = useCheck(account);
  const leaving = useSignIn(account);
  return (
    <Stack gap={16} role="status">
      <Step title={t("connect.done", { name: account.name })}>
        {account.statusNote !== null && <Text>{t("account.note", { note: account.statusNote })}</Text>}
        <Text c="dimmed">{t("connect.sealed")}</Text>
        <Group>
          <CheckButton check={check} />
        </Group>
        <CheckResult account={account} check={check} />
      </Step>
      {redirectUrl !== null && (
        <Step title={t("sign_in.next", { channel })}>
          <Text>{t("sign_in.next_lead", { channel })}</Text>
          <Group>
            <SignInButton account={account} redirectUrl={redirectUrl} leaving={leaving} />
          </Group>
          <SignInError leaving={leaving} />
        </Step>
      )}
      {account.hookUrl !== null && (
        <Step title={t("connect.hook")}>
          <HookAddress url={account.hookUrl} />
        </Step>
      )}
      <Group>
        <Button variant={redirectUrl === null ? "filled" : "default"} component={Link} to={`/channels/${account.id}`}>
          {t("connect.to_account")}
        </Button>
      </Group>
    </Stack>
  );
}

function Step({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card told">
      <Stack gap={8}>
        <Title order={2}>{title}</Title>
        {children}
      </Stack>
    </section>
  );
}
