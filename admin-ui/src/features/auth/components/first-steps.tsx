import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { ErrorPanel, ListSkeleton } from "@/components/states";
import { channelsOptions, connectedOptions, useChannelNames, useChannels } from "@/lib/channels";
import { listed, localText } from "@/lib/text";

/** What comes after the first run: a channel to send to, or the simulators to try it out on, or the first story. */
export function FirstSteps() {
  const { t } = useTranslation();
  const accounts = useQuery(connectedOptions);
  const channels = useQuery(channelsOptions);
  const failed = [accounts, channels].find(({ isError }) => isError);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <Paper withBorder p={32} w="100%" maw={560} radius={8} bg="var(--fenfa-card)">
      <Stack gap={16}>
        <div role="status">
          <Title order={1} ref={heading} tabIndex={-1}>
            {t("setup.done")}
          </Title>
          <Text c="dimmed">{t("setup.next")}</Text>
        </div>
        {failed !== undefined && <ErrorPanel error={failed.error} retry={() => void failed.refetch()} />}
        {failed === undefined && !(accounts.isSuccess && channels.isSuccess) && <ListSkeleton rows={3} />}
        {accounts.isSuccess &&
          channels.isSuccess &&
          (accounts.data.length === 0 ? <NoChannelYet /> : <Ready channels={accounts.data.map(({ channel }) => channel?.id ?? "")} />)}
        <Group>
          <Button component={Link} to="/stories/new">
            {t("setup.write")}
          </Button>
          <Button component={Link} to="/" variant="default">
            {t("setup.home")}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function NoChannelYet() {
  const { t } = useTranslation();
  return (
    <>
      <section aria-labelledby="connect">
        <Title order={2} id="connect" mb={8}>
          {t("setup.connect")}
        </Title>
        <Group gap={8}>
          {useChannels().map((channel) => (
            <Button key={channel.id} variant="default" component={Link} to={`/channels/connect/${channel.id}`}>
              {localText(channel.name)}
            </Button>
          ))}
        </Group>
      </section>
      <section aria-labelledby="try">
        <Title order={2} id="try" mb={8}>
          {t("setup.try")}
        </Title>
        <Text c="dimmed">{t("setup.try_how")}</Text>
        <code>fenfa serve --simulators</code>
      </section>
    </>
  );
}

function Ready({ channels }: { channels: string[] }) {
  const { t } = useTranslation();
  const nameOf = useChannelNames();
  const names = listed([...new Set(channels)].map((channel) => nameOf(channel)));
  return <Text>{t("setup.connected", { channels: names })}</Text>;
}
