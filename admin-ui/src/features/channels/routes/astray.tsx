import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { Link, getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";

const route = getRouteApi("/shell/channels/sign-in");

/** Where a browser ends that came back from a platform's page and got nowhere: why, and the way back. */
export function Astray() {
  const { t } = useTranslation();
  const { why, account } = route.useSearch();
  return (
    <Page title={t("sign_in.astray")} back={{ to: "/channels", label: t("nav.channels") }} width={800}>
      <Stack gap={16}>
        <Alert variant="outline" role="alert" color="var(--fenfa-hold)" title={t("sign_in.nothing_changed")}>
          <Text>{t(`sign_in.astray_${why}`)}</Text>
        </Alert>
        <Group>
          <Button component={Link} to={account === undefined ? "/channels" : `/channels/${account}`}>
            {t(account === undefined ? "sign_in.to_channels" : "sign_in.to_account")}
          </Button>
        </Group>
      </Stack>
    </Page>
  );
}
