import { Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { type SyntheticEvent, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";
import { ZoneSelect } from "@/components/zone-select";
import { ownZone } from "@/lib/zones";

import { type Field, type FirstRun, complaintField, setUp } from "../first-run";

/** The site and its first admin. The code comes along in the address that the server printed. */
export function FirstForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const fromAddress = useRouterState({ select: (state) => state.location.hash });
  const [given, setGiven] = useState<FirstRun>({
    setUpCode: fromAddress,
    siteName: "",
    zone: ownZone(),
    name: "",
    email: "",
    password: "",
  });
  const setZone = useCallback((zone: string) => {
    setGiven((before) => ({ ...before, zone }));
  }, []);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => setUp(given),
    onSuccess: () => {
      client.clear();
      onDone();
    },
  });
  const wrong = complaintField(save.error);
  const input = (field: Field) => ({
    label: t(`setup.${field}`),
    value: given[field],
    required: true,
    error: wrong === field ? t(`setup.wrong_${field}`) : undefined,
    onChange: (event: { currentTarget: { value: string } }) => {
      setGiven({ ...given, [field]: event.currentTarget.value });
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Paper withBorder p={32} w="100%" maw={480} radius={8} bg="var(--fenfa-card)">
      <form onSubmit={submit} aria-labelledby="setup">
        <Stack gap={16}>
          <div>
            <Title order={1} id="setup">
              {t("setup.title")}
            </Title>
            <Text c="dimmed">{t("setup.intro")}</Text>
          </div>
          {(fromAddress === "" || wrong === "setUpCode") && (
            <TextInput {...input("setUpCode")} description={t("setup.code_help")} autoComplete="off" spellCheck={false} />
          )}
          <TextInput {...input("siteName")} description={t("setup.site_help")} autoComplete="organization" maxLength={100} data-autofocus />
          <ZoneSelect
            label={t("setup.zone")}
            description={t("setup.zone_help")}
            value={given.zone}
            error={wrong === "zone" ? t("setup.wrong_zone") : undefined}
            onChange={setZone}
          />
          <TextInput {...input("name")} autoComplete="name" maxLength={100} />
          <TextInput {...input("email")} type="email" description={t("setup.email_help")} autoComplete="username" />
          <PasswordInput
            {...input("password")}
            description={t("settings.password_help")}
            autoComplete="new-password"
            minLength={10}
            maxLength={200}
            visibilityToggleButtonProps={{ "aria-label": t("settings.password_show") }}
          />
          {save.error !== null && wrong === undefined && <ErrorPanel error={save.error} />}
          <Button type="submit" loading={save.isPending}>
            {t("setup.yes")}
          </Button>
        </Stack>
      </form>
    </Paper>
  );
}
