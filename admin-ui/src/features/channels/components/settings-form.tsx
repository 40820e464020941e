import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";

import { type Account, type AccountField, type Values, updateAccount } from "../query";
import { AccountInputs, isSaidInPlace, nameComplaint } from "./account-inputs";

/** The name and the public values of an account; secrets have a dialog of their own. */
export function SettingsForm({ account, fields }: { account: Account; fields: AccountField[] }) {
  const { t } = useTranslation();
  const open = fields.filter((field) => !field.secret);
  const before = Object.fromEntries(
    open.map(({ name, default: usual }) => [name, account.settings.find((one) => one.name === name)?.value ?? usual ?? ""]),
  );
  const [name, setName] = useState(account.name);
  const [values, setValues] = useState<Values>(before);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => updateAccount(account, name, values),
    onSuccess: () => client.invalidateQueries({ queryKey: ["accounts"] }),
  });
  const isChanged = name !== account.name || open.some((field) => values[field.name] !== before[field.name]);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap={16} maw={560}>
        <TextInput
          label={t("connect.name")}
          required
          value={name}
          error={nameComplaint(save.error)}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        <AccountInputs fields={open} values={values} onChange={setValues} error={save.error} />
        {save.error !== null && !isSaidInPlace(save.error, open) && <ErrorPanel error={save.error} />}
        <Group>
          <Button type="submit" loading={save.isPending} disabled={!isChanged}>
            {t("account.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
