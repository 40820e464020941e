import { Alert, Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";
import { useChannels } from "@/lib/channels";
import { localText } from "@/lib/text";

import { type Account, checkAccount } from "../query";

/** Asks the platform what an account may do now. */
export function useCheck(account: Account) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => checkAccount(account.id),
    onSettled: () => client.invalidateQueries({ queryKey: ["accounts"] }),
  });
}

type Check = ReturnType<typeof useCheck>;

export function CheckButton({ check }: { check: Check }) {
  const { t } = useTranslation();
  return (
    <Button
      variant="default"
      loading={check.isPending}
      onClick={() => {
        check.mutate();
      }}
    >
      {t("account.check")}
    </Button>
  );
}

/** What the check found, in a sentence: whether it works, for what, and the platform's own words. */
export function CheckResult({ account, check }: { account: Account; check: Check }) {
  const { t } = useTranslation();
  const channels = useChannels();
  if (check.error !== null) return <ErrorPanel error={check.error} />;
  if (check.data === undefined) return null;
  const { isUsable, lanes, message } = check.data;
  const ways = channels.find((channel) => channel.id === account.channel?.id)?.lanes.filter((lane) => lanes.includes(lane.id));
  const names = (ways ?? []).map((lane) => localText(lane.name)).join(t("account.and"));
  return (
    <Alert
      variant="outline"
      color={`var(--fenfa-${isUsable ? "ok" : "bad"})`}
      role="status"
      title={isUsable ? t(names === "" ? "account.works" : "account.works_for", { ways: names }) : t("account.works_not")}
    >
      {message}
    </Alert>
  );
}
