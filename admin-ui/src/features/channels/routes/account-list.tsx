import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { StateChip } from "@/components/state-chip";
import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import { Time } from "@/components/time";
import { useChannelNames } from "@/lib/channels";
import { useMay } from "@/lib/session";

import { type Account, accountsOptions, checkAccount, pauseAccount, resumeAccount } from "../query";

/** The accounts: whether they work, and what one can do about it. */
export function AccountList() {
  const { t } = useTranslation();
  const query = useQuery(accountsOptions);
  return (
    <Page title={t("nav.channels")} lead={t("account.lead")}>
      {query.isPending && <ListSkeleton rows={3} />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {query.data?.length === 0 && <EmptyState title={t("account.empty")} />}
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
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: ["accounts"] });
  const turn = useMutation({
    mutationFn: () => (account.status === "PAUSED" ? resumeAccount(account.id) : pauseAccount(account.id)),
    onSettled,
  });
  const check = useMutation({ mutationFn: () => checkAccount(account.id), onSettled });
  const isUsable = account.status === "ACTIVE";
  return (
    <section className="card pad" aria-label={account.name}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4}>
          <Group gap={12}>
            <Title order={2}>{account.name}</Title>
            <StateChip state={account.status} />
          </Group>
          <Text c="dimmed">
            {nameOf(account.channel?.id ?? "")}
            {account.externalId !== null && ` · ${account.externalId}`}
          </Text>
          {account.statusNote !== null && <Text lang="zh-Hans">{account.statusNote}</Text>}
          <Group gap={16}>
            {account.checkedAt !== null && (
              <Text size="sm" c="dimmed">
                {t("account.checked")} <Time at={account.checkedAt} />
              </Text>
            )}
            {account.tokenExpiresAt !== null && (
              <Text size="sm" c="dimmed">
                {t("account.token_until")} <Time at={account.tokenExpiresAt} isDue />
              </Text>
            )}
          </Group>
        </Stack>
        {mayManage && (
          <Group gap={8}>
            <Button
              variant="default"
              loading={check.isPending}
              onClick={() => {
                check.mutate();
              }}
            >
              {t("account.check")}
            </Button>
            {(isUsable || account.status === "PAUSED") && (
              <Button
                variant={isUsable ? "default" : "filled"}
                loading={turn.isPending}
                onClick={() => {
                  turn.mutate();
                }}
              >
                {t(isUsable ? "account.pause" : "account.resume")}
              </Button>
            )}
          </Group>
        )}
      </Group>
      {check.data !== undefined && (
        <Alert mt={12} variant="outline" color={check.data.isUsable ? "green" : "red"} role="status" lang="zh-Hans">
          {check.data.message}
        </Alert>
      )}
      {(turn.error ?? check.error) !== null && <ErrorPanel error={turn.error ?? check.error} />}
    </section>
  );
}
