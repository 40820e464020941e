import { Button, Group, Select, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link as RouterLink } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import type { SourceRef } from "@/lib/variant";

import { linksOptions } from "../links";
import "./link.css";
import { LinkRow } from "./link-row";

/** So many kinds are shown at once; a league of partner apps has more. */
const SHOWN = 5;

/** Links and codes that open the story or video in the channel's mini-program: for posters, messages and other sites. */
export function LinkCard({ source, channel }: { source: SourceRef; channel: string }) {
  const { t } = useTranslation();
  const [isLong, setLong] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const query = useQuery(linksOptions(source, channel));
  const { data } = query;
  if (data?.kinds.length === 0) return null;
  const account = data?.accounts.find((one) => one.id === chosen) ?? data?.accounts[0];
  return (
    <section aria-label={t("link.title")}>
      <Title order={2} mb={8}>
        {t("link.title")}
      </Title>
      {data === undefined ? (
        query.error === null ? <ListSkeleton rows={3} /> : <ErrorPanel error={query.error} retry={() => void query.refetch()} />
      ) : account === undefined ? (
        <EmptyState
          title={t("link.no_account")}
          action={
            <Button component={RouterLink} to="/channels" variant="default">
              {t("link.connect")}
            </Button>
          }
        />
      ) : (
        <Stack gap={0} className="card">
          {data.accounts.length > 1 && (
            <Group className="pad" gap={8}>
              <Select
                aria-label={t("link.account")}
                data={data.accounts.map((one) => ({ value: one.id, label: one.name }))}
                value={account.id}
                onChange={setChosen}
                allowDeselect={false}
                flex={1}
              />
            </Group>
          )}
          {(isLong ? data.kinds : data.kinds.slice(0, SHOWN)).map((kind) => (
            <LinkRow
              key={`${account.id} ${kind.id}`}
              source={source}
              channel={channel}
              account={account.id}
              kind={kind}
              link={data.links.find((one) => one.accountId === account.id && one.kind === kind.id)}
            />
          ))}
          {data.kinds.length > SHOWN && (
            <Group className="pad" justify="space-between">
              <Text size="xs" c="dimmed">
                {t("link.partners")}
              </Text>
              <Button
                variant="subtle"
                size="compact-sm"
                aria-expanded={isLong}
                onClick={() => {
                  setLong(!isLong);
                }}
              >
                {isLong ? t("link.fewer") : t("link.all", { count: data.kinds.length })}
              </Button>
            </Group>
          )}
        </Stack>
      )}
    </section>
  );
}
