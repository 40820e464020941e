import { Button, Group, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ScanSearch } from "lucide-react";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";
import { Time } from "@/components/time";
import type { Channel } from "@/lib/channels";
import { graphql, request } from "@/lib/graphql";
import { useMay } from "@/lib/session";
import { listed, localText } from "@/lib/text";
import { type SourceRef, type Variant, VariantFields, variantOptions } from "@/lib/variant";

const InspectVariant = graphql(
  `
    mutation InspectVariant($input: InspectVariantInput!) {
      inspectVariant(input: $input) {
        variant {
          ...VariantFields
        }
      }
    }
  `,
  [VariantFields],
);

const COLOURS = {
  PASS: "var(--fenfa-ok)",
  AWAITED: "var(--fenfa-hold)",
  UNCHECKED: "var(--fenfa-hold)",
  REVIEW: "var(--fenfa-hold)",
  BLOCK: "var(--fenfa-bad)",
} as const;

/** What the channel's platform itself thinks of the variant, asked before anything is published. */
export function InspectionCard({ source, variant, channel }: { source: SourceRef; variant: Variant; channel: Channel }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const mayWrite = useMay("WRITE_CONTENT");
  const inspect = useMutation({
    mutationFn: async () => (await request(InspectVariant, { input: { source, channel: channel.id } })).inspectVariant.variant,
    onSuccess: (next) => {
      client.setQueryData(variantOptions(source, channel.id).queryKey, next);
    },
  });
  const { inspection } = variant;
  const ask = mayWrite && (
    <Button
      variant="default"
      leftSection={<ScanSearch size={16} aria-hidden />}
      loading={inspect.isPending}
      onClick={() => {
        inspect.mutate();
      }}
    >
      {t(inspection === null ? "inspection.ask" : "inspection.again")}
    </Button>
  );
  return (
    <section>
      <Title order={2} mb={8}>
        {t("inspection.title", { channel: localText(channel.name) })}
      </Title>
      <div className="card pad">
        {inspection === null ? (
          <Group justify="space-between">
            <Text c="dimmed">{t("inspection.none")}</Text>
            {ask}
          </Group>
        ) : (
          <Group justify="space-between">
            <div>
              <Text c={COLOURS[inspection.opinion]} fw={600} role="status">
                {t(`inspection.${inspection.opinion}`)}
                {inspection.objections.length > 0 && `: ${listed(inspection.objections)}`}
              </Text>
              {(["awaited", "unchecked"] as const).map(
                (what) =>
                  inspection[what].length > 0 && (
                    <Text key={what} size="sm">
                      {t(`inspection.${what}`, { parts: listed(inspection[what]) })}
                    </Text>
                  ),
              )}
              <Text size="xs" c="dimmed">
                <Time at={inspection.at} /> · {t("inspection.no_promise")}
              </Text>
            </div>
            {inspection.unchecked.length > 0 && ask}
          </Group>
        )}
      </div>
      {inspect.error !== null && <ErrorPanel error={inspect.error} />}
    </section>
  );
}
