import { Anchor, Button, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";

import { DeliverySentence } from "@/components/delivery-sentence";
import { StateMarks } from "@/components/state-chip";
import { Time } from "@/components/time";
import { useChannelNames } from "@/lib/channels";

import type { HomeDelivery } from "../query";
import type { Stop } from "../stops";
import { Line } from "./line";

/** Something that waits for a person, with the way there. */
export function WaitingLine({ delivery }: { delivery: HomeDelivery }) {
  const { t } = useTranslation();
  const word = delivery.actions.includes("APPROVE") ? "approve" : delivery.state === "NEEDS_REVIEW" ? "review" : "look";
  return (
    <Line state={delivery.state} title={<DeliveryTitle delivery={delivery} />} text={<DeliverySentence delivery={delivery} />}>
      <Button variant="default" size="xs" component={Link} to={`/deliveries/${delivery.id}`}>
        {t(`home.${word}`)}
      </Button>
    </Line>
  );
}

/** Something that is planned or under way: when, what, how it stands in each channel; what keeps it is said. */
export function StopLine({ stop: { at, deliveries } }: { stop: Stop }) {
  const nameOf = useChannelNames();
  const [{ title, sourceKind, sourceId }] = deliveries;
  const isTwice = (channel: string) => deliveries.filter((one) => one.channel === channel).length > 1;
  return (
    <li className="line top">
      <div className="line-time">
        <Time at={at} isDue />
      </div>
      <div className="line-text">
        <Link to={sourceKind === "STORY" ? "/stories/$id" : "/videos/$id"} params={{ id: sourceId }} className="row-link">
          {title}
        </Link>
        <Group gap="0 16px">
          {deliveries.map(({ id, channel, lane, state }) => (
            <Link key={id} to="/deliveries/$id" params={{ id }} className="mark-link">
              <StateMarks states={[state]} of={isTwice(channel) ? nameOf(channel, lane) : nameOf(channel)} />
            </Link>
          ))}
        </Group>
        {deliveries
          .filter(({ state }) => state !== "SCHEDULED")
          .map((delivery) => (
            <Text key={delivery.id} c="dimmed">
              <DeliverySentence delivery={delivery} />
            </Text>
          ))}
      </div>
    </li>
  );
}

/** Something that readers can see now. */
export function HappenedLine({ delivery }: { delivery: HomeDelivery }) {
  const { t } = useTranslation();
  return (
    <Line state={delivery.state} title={<DeliveryTitle delivery={delivery} />}>
      {delivery.externalUrl !== null && (
        <Anchor href={delivery.externalUrl} target="_blank" rel="noreferrer" size="sm">
          {t("delivery.view")} <ExternalLink size={12} aria-hidden />
        </Anchor>
      )}
      <Text c="dimmed" w={110} ta="right">
        <Time at={delivery.publishedAt ?? delivery.updatedAt} />
      </Text>
    </Line>
  );
}

function DeliveryTitle({ delivery }: { delivery: HomeDelivery }) {
  const nameOf = useChannelNames();
  return (
    <Group gap="0 8px">
      <Link to="/deliveries/$id" params={{ id: delivery.id }} className="row-link">
        {delivery.title}
      </Link>
      <Text c="dimmed" style={{ whiteSpace: "nowrap" }}>
        → {nameOf(delivery.channel, delivery.lane)}
      </Text>
    </Group>
  );
}
