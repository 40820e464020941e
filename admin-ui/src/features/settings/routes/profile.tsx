import { Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";
import { graphql, request } from "@/lib/graphql";
import { viewerOptions } from "@/lib/session";

import { SettingsPage } from "../components/settings-page";

const ChangePassword = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      __typename
    }
  }
`);

/** Who I am here, and my password. */
export function Profile() {
  const { t } = useTranslation();
  const viewer = useQuery(viewerOptions).data;
  const [currentPassword, setCurrent] = useState("");
  const [newPassword, setNew] = useState("");
  const change = useMutation({
    mutationFn: () => request(ChangePassword, { input: { currentPassword, newPassword } }),
    onSuccess: () => {
      setCurrent("");
      setNew("");
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    change.mutate();
  };
  const eye = { "aria-label": t("settings.password_show") };
  return (
    <SettingsPage section="profile">
      <section className="card pad">
        <Text fw={600}>{viewer?.user.name}</Text>
        <Text c="dimmed">
          {viewer?.user.email} · {viewer && t(`role.${viewer.role}`)}
        </Text>
      </section>
      <form onSubmit={submit} className="card pad" aria-label={t("settings.password_change")}>
        <Stack gap={12} maw={360}>
          <PasswordInput
            label={t("settings.password_current")}
            autoComplete="current-password"
            value={currentPassword}
            onChange={(event) => { setCurrent(event.currentTarget.value); }}
            visibilityToggleButtonProps={eye}
          />
          <PasswordInput
            label={t("settings.password_new")}
            description={t("settings.password_help")}
            autoComplete="new-password"
            value={newPassword}
            onChange={(event) => { setNew(event.currentTarget.value); }}
            visibilityToggleButtonProps={eye}
          />
          {change.error !== null && <ErrorPanel error={change.error} />}
          {change.isSuccess && <Text role="status">{t("settings.password_changed")}</Text>}
          <Group>
            <Button type="submit" loading={change.isPending} disabled={currentPassword === "" || newPassword === ""}>
              {t("settings.password_change")}
            </Button>
          </Group>
        </Stack>
      </form>
    </SettingsPage>
  );
}
