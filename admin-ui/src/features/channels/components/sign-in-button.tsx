import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";
import { useChannelNames } from "@/lib/channels";

import type { Account } from "../query";
import { rightPlace, startSignIn } from "../sign-in";

/** Leads the person to the platform's page, which leads back to the page of the account. */
export function useSignIn(account: Account) {
  return useMutation({
    mutationFn: () => startSignIn(account),
    onSuccess: (address) => {
      window.location.assign(address);
    },
  });
}

type Leaving = ReturnType<typeof useSignIn>;

interface SignInButtonProps {
  account: Account;
  redirectUrl: string;
  leaving: Leaving;
}

export function SignInButton({ account, redirectUrl, leaving }: SignInButtonProps) {
  const { t } = useTranslation();
  const channel = useChannelNames()(account.channel?.id ?? "");
  const place = rightPlace(redirectUrl, window.location);
  if (place !== undefined) {
    return (
      <Text>
        {t("sign_in.elsewhere", { channel })} <Anchor href={place}>{place}</Anchor>
      </Text>
    );
  }
  const isNew = account.externalId === null || account.status === "NEEDS_LOGIN";
  return (
    <Button
      variant={isNew ? "filled" : "default"}
      // The page goes away: until it has, nothing is pressed twice.
      loading={leaving.isPending || leaving.isSuccess}
      onClick={() => {
        leaving.mutate();
      }}
    >
      {t(account.externalId === null ? "sign_in.go" : "sign_in.again", { channel })}
    </Button>
  );
}

export function SignInError({ leaving }: { leaving: Leaving }) {
  return leaving.error === null ? null : (
    <Stack>
      <ErrorPanel error={leaving.error} />
    </Stack>
  );
}
