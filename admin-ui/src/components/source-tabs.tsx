import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { type Channel, useChannels } from "@/lib/channels";
import { localText } from "@/lib/text";
import { type SourceRef, findingsOf, variantOptions } from "@/lib/variant";

interface SourceTabsProps {
  source: SourceRef;
  tab: string;
  onChange: (tab: string) => void;
  children: ReactNode;
}

/** The source and what each channel makes of it, with what is wrong there. */
export function SourceTabs({ source, tab, onChange, children }: SourceTabsProps) {
  const { t } = useTranslation();
  const channels = useChannels().filter((channel) => channel.lanes.some((lane) => lane.takes.includes(source.kind)));
  return (
    <Tabs value={tab} onChange={(next) => next !== null && onChange(next)} keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="source">{t("story.source")}</Tabs.Tab>
        {channels.map((channel) => (
          <Tabs.Tab key={channel.id} value={channel.id} rightSection={<Mark source={source} channel={channel} />}>
            {localText(channel.name)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {children}
    </Tabs>
  );
}

function Mark({ source, channel }: { source: SourceRef; channel: Channel }) {
  const { t } = useTranslation();
  const variant = useQuery(variantOptions(source, channel.id));
  const { errors, warnings } = findingsOf(variant.data);
  if (errors.length > 0) {
    return (
      <span className="mark bad" role="img" aria-label={t("finding.errors", { count: errors.length })}>
        <CircleAlert size={14} aria-hidden /> {errors.length}
      </span>
    );
  }
  if (warnings.length === 0) return null;
  return (
    <span className="mark hold" role="img" aria-label={t("finding.warnings", { count: warnings.length })}>
      <TriangleAlert size={14} aria-hidden /> {warnings.length}
    </span>
  );
}
