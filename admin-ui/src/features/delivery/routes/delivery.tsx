import { Anchor, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useDeliverySentence } from "@/components/delivery-sentence";
import { Page } from "@/components/page";
import { StateChip } from "@/components/state-chip";
import { ErrorPanel, ListSkeleton } from "@/components/states";
import { Time } from "@/components/time";
import { useChannelNames } from "@/lib/channels";
import { useMay } from "@/lib/session";

import { DeliveryActions } from "../components/delivery-actions";
import { Steps } from "../components/steps";
import { Task } from "../components/task";
import { Timeline } from "../components/timeline";
import { type Delivery, deliveryOptions } from "../query";

const route = getRouteApi("/shell/deliveries/$id");

/** One delivery: first the sentence, then the evidence. */
export function DeliveryPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const query = useQuery(deliveryOptions(id));
  if (query.data !== undefined) return <Shown delivery={query.data} />;
  return (
    <Page title={t("nav.deliveries")} back={{ to: "/deliveries", label: t("nav.deliveries") }}>
      {query.error === null ? <ListSkeleton /> : <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
    </Page>
  );
}

function Shown({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation();
  const nameOf = useChannelNames();
  const maySchedule = useMay("SCHEDULE");
  const told = useDeliverySentence()(delivery);
  return (
    <Page
      title={`${delivery.title} → ${nameOf(delivery.channel, delivery.lane)}`}
      mark={<StateChip state={delivery.state} />}
      back={{ to: "/deliveries", label: t("nav.deliveries") }}
      actions={maySchedule && <DeliveryActions delivery={delivery} />}
      width={1000}
    >
      <div className="card told" aria-live="polite">
        <Text size="lg">{told}</Text>
        {delivery.state === "WAITING_USER" && <Task params={delivery.params} />}
        <Group gap={24} mt={8}>
          <Fact label={t("delivery.due")}>
            <Time at={delivery.dueAt} isDue />
          </Fact>
          <Fact label={t("delivery.account")}>{delivery.account?.name ?? "—"}</Fact>
          <Fact label={t("delivery.attempts")}>{delivery.attemptCount}</Fact>
          <Fact label={t("delivery.source")}>
            <Anchor
              component={Link}
              to={delivery.sourceKind === "STORY" ? `/stories/${delivery.sourceId}` : `/videos/${delivery.sourceId}`}
            >
              {t(delivery.sourceKind === "STORY" ? "delivery.open_story" : "delivery.open_video")}
            </Anchor>
          </Fact>
          {delivery.externalUrl !== null && (
            <Fact label={t("delivery.live")}>
              <Anchor href={delivery.externalUrl} target="_blank" rel="noreferrer">
                {t("delivery.view")} <ExternalLink size={12} aria-hidden />
              </Anchor>
            </Fact>
          )}
        </Group>
      </div>
      <Steps steps={delivery.steps} channel={delivery.channel} />
      <Timeline delivery={delivery} />
    </Page>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <Stack gap={0}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="div">{children}</Text>
    </Stack>
  );
}
