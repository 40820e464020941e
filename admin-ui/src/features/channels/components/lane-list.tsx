import { Text } from "@mantine/core";
import { CircleCheck, CircleQuestionMark, CircleX } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useChannels } from "@/lib/channels";
import { localText } from "@/lib/text";

import type { Account } from "../query";

const LOOKS = {
  USABLE: { icon: CircleCheck, colour: "var(--fenfa-ok)" },
  BARRED: { icon: CircleX, colour: "var(--fenfa-bad)" },
  UNCHECKED: { icon: CircleQuestionMark, colour: "var(--mantine-color-dimmed)" },
};

/** What the last check found: each lane with whether the account may use it, and why not. */
export function LaneList({ account }: { account: Account }) {
  const { t } = useTranslation();
  const lanes = useChannels().find(({ id }) => id === account.channel?.id)?.lanes ?? [];
  return (
    <ul className="lines">
      {account.lanes.map(({ lane, standing, reason }) => {
        const { icon: Icon, colour } = LOOKS[standing];
        const name = lanes.find(({ id }) => id === lane)?.name;
        return (
          <li key={lane} className="line">
            <Icon size={16} color={colour} aria-hidden />
            <div className="line-text">
              <Text>{t(`account.lane_${standing}`, { lane: name === undefined ? lane : localText(name) })}</Text>
              {reason !== null && (
                <Text size="sm" c="dimmed" lang="zh-Hans">
                  {reason}
                </Text>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
