import { Button, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";
import { ErrorPanel } from "@/components/states";

import { type Account, type AccountField, type Values, renewCredentials } from "../query";
import { AccountInputs, given, isSaidInPlace } from "./account-inputs";

interface RenewDialogProps {
  account: Account;
  fields: AccountField[];
  /** Whether people sign in on the platform's page: then no secret brings back what they withdrew. */
  signsIn: boolean;
}

/** New secrets for an account: to change them before they leak, or to sign in again. The platform is asked before the old ones are forgotten. */
export function RenewDialog({ account, fields, signsIn }: RenewDialogProps) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const [values, setValues] = useState<Values>({});
  const client = useQueryClient();
  const secrets = fields.filter((field) => field.secret);
  const credentials = given(secrets, values);
  const isSignIn = account.status === "NEEDS_LOGIN" && !signsIn;
  const renew = useMutation({
    mutationFn: () => renewCredentials(account, credentials),
    onSuccess: () => {
      setValues({});
      close();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["accounts"] }),
  });
  if (secrets.length === 0) return null;
  const word = isSignIn ? "sign_in" : "rotate";
  return (
    <>
      <Button variant={isSignIn ? "filled" : "default"} onClick={open}>
        {t(`account.${word}`)}
      </Button>
      <Dialog title={t(`account.${word}_title`, { name: account.name })} isOpen={isOpen} onClose={close}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            renew.mutate();
          }}
        >
          <Stack gap={16}>
            <Text>{t(`account.${word}_asks`)}</Text>
            <AccountInputs fields={secrets} values={values} onChange={setValues} error={renew.error} keeps />
            {renew.error !== null && !isSaidInPlace(renew.error, secrets) && <ErrorPanel error={renew.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {t("dialog.back")}
              </Button>
              <Button type="submit" loading={renew.isPending} disabled={Object.keys(credentials).length === 0}>
                {t("account.renew_yes")}
              </Button>
            </Group>
          </Stack>
        </form>
      </Dialog>
    </>
  );
}
