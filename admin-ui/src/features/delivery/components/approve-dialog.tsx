import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";
import { FindingText } from "@/components/finding-text";
import { ErrorPanel, ListSkeleton } from "@/components/states";
import { useChannelNames } from "@/lib/channels";
import { graphql, request } from "@/lib/graphql";

import { approve } from "../approve";
import type { Delivery } from "../query";

const VariantQuery = graphql(`
  query VariantToApprove($source: SourceInput!, $channel: String!) {
    variant(source: $source, channel: $channel) {
      contentHash
      findings {
        code
        severity
        reason
        cure
        params
      }
    }
  }
`);

/** What is approved is what is shown, by its hash: an edit in the meantime is refused by the server. */
export function ApproveDialog({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const channel = useChannelNames()(delivery.channel);
  const source = { kind: delivery.sourceKind, id: delivery.sourceId };
  const variant = useQuery({
    queryKey: ["variant", "approve", delivery.sourceId, delivery.channel],
    queryFn: async ({ signal }) =>
      (await request(VariantQuery, { source, channel: delivery.channel }, signal)).variant,
    enabled: isOpen,
  });
  const client = useQueryClient();
  const approval = useMutation({
    mutationFn: (contentHash: string) => approve(source, delivery.channel, contentHash),
    onSuccess: close,
    onSettled: () => client.invalidateQueries({ queryKey: ["deliveries"] }),
  });
  const mendable = (variant.data?.findings ?? []).filter(({ severity }) => severity !== "CLOSED");
  return (
    <>
      <Button onClick={open}>{t("delivery.approve")}</Button>
      <Dialog title={t("delivery.approve_title", { channel })} isOpen={isOpen} onClose={close}>
        <Text>{t("delivery.approve_asks", { title: delivery.title, channel })}</Text>
        {variant.isPending && <ListSkeleton rows={2} />}
        {variant.error !== null && <ErrorPanel error={variant.error} retry={() => void variant.refetch()} />}
        {mendable.map((finding) => (
          <Text key={`${finding.code}${finding.reason}`} c={finding.severity === "ERROR" ? "var(--fenfa-bad)" : "dimmed"}>
            <FindingText finding={finding} />
          </Text>
        ))}
        {approval.error !== null && <ErrorPanel error={approval.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("dialog.back")}
          </Button>
          <Button
            disabled={variant.data === undefined}
            loading={approval.isPending}
            onClick={() => {
              if (variant.data !== undefined) approval.mutate(variant.data.contentHash);
            }}
          >
            {t("delivery.approve_yes")}
          </Button>
        </Group>
      </Dialog>
    </>
  );
}
