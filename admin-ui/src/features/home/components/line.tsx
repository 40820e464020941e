import { Group, Text } from "@mantine/core";
import type { ReactNode } from "react";

import { StateChip } from "@/components/state-chip";

interface LineProps {
  state: string;
  title: ReactNode;
  text?: ReactNode;
  /** What stands on the right: a way there, a time. */
  children: ReactNode;
}

/** One thing of the day: its state, what it is, what is said of it. */
export function Line({ state, title, text, children }: LineProps) {
  return (
    <li className="line">
      <div className="line-state">
        <StateChip state={state} />
      </div>
      <div className="line-text">
        {title}
        {text !== undefined && <Text c="dimmed">{text}</Text>}
      </div>
      <Group gap={12} wrap="nowrap">
        {children}
      </Group>
    </li>
  );
}
