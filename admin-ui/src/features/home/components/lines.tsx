import { Anchor, Button, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { DeliverySentence } from "@/components/delivery-sentence";
import { StateChip } from "@/components/state-chip";
import { Time } from "@/components/time";
import { useChannelNames } from "@/lib/channels";

import type { HomeAccount, HomeDelivery } from "../query";

/** Something that waits for a person, with the way there. */
export function WaitingLine({ delivery }: { delivery: HomeDelivery }) {
  const { t } = useTranslation();
  return (
    <Line state={delivery.state} title={<DeliveryTitle delivery={delivery} />} text={<DeliverySentence delivery={delivery} />}>
      <Button variant="default" size="xs" component={Link} to={`/deliveries/${delivery.id}`}>
        {t(delivery.state === "NEEDS_REVIEW" ? "home.review" : "home.look")}
      </Button>
    </Line>
  );
}

/** An account that cannot send. */
export function WaitingAccount({ account }: { account: HomeAccount }) {
  const { t } = useTranslation();
  return (
    <Line
      state={account.status}
      title={<Text fw={600}>{account.name}</Text>}
      text={t(`account.told_${account.status.toLowerCase()}`)}
    >
      <Button variant="default" size="xs" component={Link} to="/channels">
        {t("home.to_channels")}
      </Button>
    </Line>
  );
}

/** Something that is planned or under way. */
export function DayLine({ delivery }: { delivery: HomeDelivery }) {
  return (
    <Line state={delivery.state} title={<DeliveryTitle delivery={delivery} />} text={<DeliverySentence delivery={delivery} />}>
      <Time at={delivery.dueAt} isDue />
    </Line>
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
    <Group gap={8} wrap="nowrap">
      <Link to="/deliveries/$id" params={{ id: delivery.id }} className="row-link">
        {delivery.title}
      </Link>
      <Text c="dimmed" style={{ whiteSpace: "nowrap" }}>
        → {nameOf(delivery.channel, delivery.lane)}
      </Text>
    </Group>
  );
}

function Line({ state, title, text, children }: { state: string; title: ReactNode; text?: ReactNode; children: ReactNode }) {
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
