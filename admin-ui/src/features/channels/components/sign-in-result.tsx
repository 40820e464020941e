import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";
import { useChannelNames } from "@/lib/channels";

import type { Account } from "../query";
import { type SignIn, confirmSignIn, signInOptions } from "../sign-in";

const COLOURS = { DONE: "ok", OTHER_USER: "ask", DENIED: "hold", REFUSED: "bad", UNREACHABLE: "hold" };

interface SignInResultProps {
  account: Account;
  /** The way that the person came. */
  id: string;
  /** Nothing more is to be said of it. */
  onClose: () => void;
}

/** What came of the way to the platform's page: what works now, or what went wrong and what to do. */
export function SignInResult({ account, id, onClose }: SignInResultProps) {
  const { data, error } = useQuery(signInOptions(id));
  // One that is forgotten by now, or another person's, has nothing to say here.
  if (error !== null || data === undefined) return null;
  return <Told account={account} signIn={data} onClose={onClose} />;
}

function Told({ account, signIn, onClose }: { account: Account; signIn: SignIn; onClose: () => void }) {
  const { t } = useTranslation();
  const channel = useChannelNames()(account.channel?.id ?? "");
  const { outcome } = signIn;
  const who = nameOf(signIn.externalName, signIn.externalId);
  const before = nameOf(account.externalName, account.externalId);
  return (
    <Alert
      variant="outline"
      role={outcome === "DONE" ? "status" : "alert"}
      color={`var(--fenfa-${COLOURS[outcome ?? "UNREACHABLE"]})`}
      title={t(`sign_in.title_${outcome ?? "UNFINISHED"}`, { channel, who })}
      withCloseButton
      closeButtonLabel={t("dialog.close")}
      onClose={onClose}
    >
      <Stack gap={8} align="flex-start">
        <Text>{t(`sign_in.told_${outcome ?? "UNFINISHED"}`, { channel, who, before })}</Text>
        {signIn.message !== null && <Text lang="zh-Hans">{signIn.message}</Text>}
        {outcome === "OTHER_USER" && <Choice signIn={signIn} who={who} onClose={onClose} />}
      </Stack>
    </Alert>
  );
}

/** Whether whoever signed in is meant: their account takes the place of the other. */
function Choice({ signIn, who, onClose }: { signIn: SignIn; who: string; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const confirm = useMutation({
    mutationFn: () => confirmSignIn(signIn.id),
    onSuccess: async (settled) => {
      client.setQueryData(signInOptions(signIn.id).queryKey, settled);
      await client.invalidateQueries({ queryKey: ["accounts"] });
    },
  });
  return (
    <>
      {confirm.error !== null && <ErrorPanel error={confirm.error} />}
      <Group>
        <Button
          loading={confirm.isPending}
          onClick={() => {
            confirm.mutate();
          }}
        >
          {t("sign_in.replace", { who })}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t("sign_in.keep")}
        </Button>
      </Group>
    </>
  );
}

/** Whose it is, as the platform names and numbers them. */
function nameOf(name: string | null, id: string | null): string {
  if (name === null) return id ?? "";
  return id === null ? name : `${name} (${id})`;
}
