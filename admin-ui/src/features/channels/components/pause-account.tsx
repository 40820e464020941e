import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";

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

export function TurnError({ turn }: { turn: ReturnType<typeof useTurn> }) {
  return turn.error === null ? null : <ErrorPanel error={turn.error} />;
}
