import { Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import { type ChannelField, useChannels } from "@/lib/channels";
import { type SourceRef, findingsOf, variantOptions } from "@/lib/variant";

import { FindingList } from "./finding-list";
import { InspectionCard } from "./inspection-card";
import { LinkCard } from "./link-card";
import { Preview } from "./preview";
import { VariantFieldRow } from "./variant-field-row";

interface ChannelTabProps {
  source: SourceRef;
  channel: string;
  /** Shows it as it would be once what is being typed is saved. */
  isTyped?: boolean;
}

/** A source as one channel would get it: derived fields, a person's changes, what should be mended, how it looks. */
export function ChannelTab({ source, channel: id, isTyped = false }: ChannelTabProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const channels = useChannels();
  const channel = channels.find((one) => one.id === id);
  const query = useQuery(variantOptions(source, id, isTyped));
  if (query.error !== null && query.data === undefined) {
    return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  }
  if (query.data === undefined || channels.length === 0) return <ListSkeleton />;
  if (channel === undefined) return <EmptyState title={t("tailoring.no_channel")} />;
  const variant = query.data;
  const { errors, warnings } = findingsOf(variant);
  const findingsAt = (field: ChannelField) => variant.findings.filter((finding) => finding.field === field.name);
  // What nobody can change and nobody need mend is there for who looks for it.
  const isFixed = (field: ChannelField) => !field.editable && field.kind !== "RICH_TEXT" && findingsAt(field).length === 0;
  const fixed = channel.fields.filter((field) => isFixed(field) && variant.fields.some((one) => one.name === field.name));
  const row = (field: ChannelField) => {
    const value = variant.fields.find((one) => one.name === field.name);
    if (value === undefined) return null;
    return (
      <VariantFieldRow
        key={field.name}
        source={source}
        variant={variant}
        field={field}
        value={value}
        lanes={channel.lanes.filter(({ takes }) => takes.includes(source.kind))}
        findings={findingsAt(field)}
        typed={typed[field.name]}
        onType={(text) => {
          setTyped((before) => withTyped(before, field.name, text));
        }}
      />
    );
  };
  return (
    <div className="write">
      <Stack gap={16} className="write-main">
        {channel.fields.filter((field) => !isFixed(field)).map(row)}
        {fixed.length > 0 && (
          <details className="evidence">
            <summary>{t("tailoring.fixed", { count: fixed.length })}</summary>
            <Stack gap={16} mt={16}>
              {fixed.map(row)}
            </Stack>
          </details>
        )}
      </Stack>
      <Stack gap={16} className="write-side wide">
        <section>
          <Title order={2} mb={8}>
            {t("tailoring.preview")}
          </Title>
          <Preview key={channel.id} source={source} channel={channel} variant={variant} typed={typed} />
        </section>
        {channel.inspects && <InspectionCard source={source} variant={variant} channel={channel} />}
        <section>
          <Title order={2} mb={8}>
            {t("finding.title")}
          </Title>
          <FindingList findings={[...errors, ...warnings]} channel={channel} />
        </section>
        <LinkCard key={channel.id} source={source} channel={channel.id} />
      </Stack>
    </div>
  );
}

function withTyped(before: Record<string, string>, field: string, text: string | undefined): Record<string, string> {
  const others = Object.fromEntries(Object.entries(before).filter(([name]) => name !== field));
  return text === undefined ? others : { ...others, [field]: text };
}
