import { SegmentedControl, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Channel } from "@/lib/channels";
import { localText } from "@/lib/text";
import type { SourceRef, Variant } from "@/lib/variant";

import { previewsOf, seenIn } from "../preview";
import { LAYOUTS } from "./layouts";
import "./preview.css";

interface PreviewProps {
  source: SourceRef;
  channel: Channel;
  variant: Variant;
  /** What is being typed into fields and not kept yet. */
  typed: Record<string, string>;
}

/** How it looks on a phone: the words and pictures that would be sent, in the shapes that the channel declares. */
export function Preview({ source, channel, variant, typed }: PreviewProps) {
  const { t } = useTranslation();
  const previews = previewsOf(channel, source.kind, variant);
  const [chosen, setChosen] = useState(0);
  const preview = previews[chosen] ?? previews[0];
  if (preview === undefined) return <Text c="dimmed">{t("tailoring.no_preview")}</Text>;
  const Layout = LAYOUTS[preview.layout];
  return (
    <Stack gap={8} align="center">
      {previews.length > 1 && (
        <SegmentedControl
          size="xs"
          value={String(previews.indexOf(preview))}
          onChange={(value) => {
            setChosen(Number(value));
          }}
          data={previews.map(({ name }, index) => ({ value: String(index), label: localText(name) }))}
          aria-label={t("tailoring.preview_choice")}
        />
      )}
      <figure className="phone" lang="zh-Hans" aria-label={t("tailoring.preview_on", { channel: localText(channel.name) })}>
        <div className="phone-status" aria-hidden>
          <span>9:41</span>
          <span className="phone-island" />
          <span>5G</span>
        </div>
        <Layout seen={seenIn(preview, channel, variant, typed)} channel={localText(channel.name)} />
      </figure>
    </Stack>
  );
}
