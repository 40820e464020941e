import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { PausedSince } from "@/components/pause-words";
import { ErrorPanel } from "@/components/states";
import { stoppedOptions } from "@/lib/pauses";

import { type Account, pauseAccount, resumeAccount } from "../query";

/** Stops sending to an account, or goes on. An account that cannot be used has neither. */
export function useTurn(account: Account) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => (account.status === "PAUSED" ? resumeAccount(account.id) : pauseAccount(account.id)),
    onSettled: () => client.invalidateQueries({ queryKey: ["accounts"] }),
  });
}

export function PauseButton({ account, turn }: { account: Account; turn: ReturnType<typeof useTurn> }) {
  const { t } = useTranslation();
  const isActive = account.status === "ACTIVE";
  if (!isActive && account.status !== "PAUSED") return null;
  return (
    <Button
      variant={isActive ? "default" : "filled"}
      loading={turn.isPending}
      onClick={() => {
        turn.mutate();
      }}
    >
      {t(isActive ? "account.pause" : "account.resume")}
    </Button>
  );
}

/** Since when an account is paused, and why: in a person's words, or in those of its platform. */
export function AccountPause({ account }: { account: Account }) {
  const stopped = useQuery(stoppedOptions);
  const pause = stopped.data?.pauses.find(({ kind, target }) => kind === "ACCOUNT" && target === account.id);
  return pause === undefined ? null : <PausedSince pause={pause} />;
}

export function TurnError({ turn }: { turn: ReturnType<typeof useTurn> }) {
  return turn.error === null ? null : <ErrorPanel error={turn.error} />;
}
