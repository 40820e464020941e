import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";

import { reconnectAccount } from "../disconnect";
import type { Account, AccountField, Values } from "../query";
import { AccountInputs, given, isSaidInPlace } from "./account-inputs";

/** Takes up an account again that was parted with: its settings are still there, its secrets are asked for anew. */
export function ReconnectForm({ account, fields }: { account: Account; fields: AccountField[] }) {
  const { t } = useTranslation();
  const known = (field: AccountField) => account.settings.find(({ name }) => name === field.name)?.value;
  const [values, setValues] = useState<Values>(() =>
    Object.fromEntries(fields.map((field) => [field.name, (field.secret ? undefined : known(field)) ?? field.default ?? ""])),
  );
  const client = useQueryClient();
  const part = (secret: boolean) => fields.filter((field) => field.secret === secret);
  const reconnect = useMutation({
    mutationFn: () => reconnectAccount(account, given(part(false), values), given(part(true), values)),
    onSettled: () => client.invalidateQueries({ queryKey: ["accounts"] }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        reconnect.mutate();
      }}
    >
      <Stack gap={16} maw={560}>
        <Text c="dimmed">{t("disconnect.reconnect_lead")}</Text>
        <AccountInputs fields={fields} values={values} onChange={setValues} error={reconnect.error} />
        {reconnect.error !== null && !isSaidInPlace(reconnect.error, fields) && <ErrorPanel error={reconnect.error} />}
        <Group>
          <Button type="submit" loading={reconnect.isPending}>
            {t("disconnect.reconnect")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
