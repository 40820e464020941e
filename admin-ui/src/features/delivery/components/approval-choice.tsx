import { Checkbox, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Scheduling } from "../use-schedule";

/** Whether what is planned is approved with it, by who may; who may not is told that it waits. */
export function ApprovalChoice({ scheduling: { approval, chosen } }: { scheduling: Scheduling }) {
  const { t } = useTranslation();
  if (approval === null) return null;
  if (!approval.isMine) {
    return (
      <Text size="sm" c="var(--fenfa-hold)">
        {t("schedule.waits_for_approval")}
      </Text>
    );
  }
  const channels = new Set(chosen.map(({ destination }) => destination.channel)).size;
  return (
    <Checkbox
      label={t("schedule.approve", { count: channels })}
      description={t("schedule.approve_help")}
      checked={approval.isOn}
      onChange={(event) => {
        approval.set(event.currentTarget.checked);
      }}
    />
  );
}
