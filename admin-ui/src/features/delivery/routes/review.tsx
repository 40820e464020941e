import { Anchor, Button, Group, Kbd, Stack, Text, Title } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { DeliverySentence } from "@/components/delivery-sentence";
import { Dialog } from "@/components/dialog";
import { MoreButton } from "@/components/more-button";
import { Page } from "@/components/page";
import { StateChip } from "@/components/state-chip";
import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import { Time } from "@/components/time";
import { useChannelNames } from "@/lib/channels";
import { useConnection } from "@/lib/connection";
import { type ResultOf, graphql, request } from "@/lib/graphql";
import { useMay } from "@/lib/session";
import { listed } from "@/lib/text";

import { type Candidate, candidatesOf } from "../candidate";
import { type Found, ResolveForm } from "../components/resolve-dialog";
import { Task } from "../components/task";

const ReviewQuery = graphql(`
  query Review($after: String) {
    deliveries(filter: { states: [NEEDS_REVIEW, WAITING_USER] }, first: 30, after: $after) {
      nodes {
        id
        title
        channel
        lane
        state
        sentence
        params
        dueAt
        nextRunAt
        giveUpAt
        publishedAt
        updatedAt
        attemptCount
        account {
          name
        }
        steps {
          name
          state
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

type Doubt = ResultOf<typeof ReviewQuery>["deliveries"]["nodes"][number];

/** What can be done by the keyboard alone. */
const KEYS = [
  { keys: ["J", "K"], does: "shortcuts.rows" },
  { keys: ["1", "…", "9"], does: "shortcuts.candidate" },
  { keys: ["R"], does: "delivery.resolve_RESEND" },
  { keys: ["E"], does: "delivery.resolve_END" },
];

interface Asked {
  delivery: Doubt;
  preset?: Found;
  candidate?: Candidate;
}

/** What stopped halfway and needs a person's eyes, one after the other, by keyboard. */
export function Review() {
  const { t } = useTranslation();
  const mayDecide = useMay("SCHEDULE");
  const query = useConnection<Doubt>(
    ["deliveries", "review"],
    async (after, signal) => (await request(ReviewQuery, { after }, signal)).deliveries,
    5_000,
  );
  const doubts = query.data ?? [];
  const [place, setPlace] = useState(0);
  const [asked, setAsked] = useState<Asked | null>(null);
  const here = Math.min(place, Math.max(doubts.length - 1, 0));
  const current = doubts[here];
  const move = (by: number) => {
    setPlace(Math.min(Math.max(here + by, 0), Math.max(doubts.length - 1, 0)));
  };
  const ask = (preset: Found, candidate?: Candidate) => {
    if (current !== undefined && mayDecide && asked === null) {
      setAsked({ delivery: current, preset, ...(candidate !== undefined && { candidate }) });
    }
  };
  const numbers = Array.from({ length: 9 }, (_, index): [string, () => void] => [
    String(index + 1),
    () => {
      const candidate = current === undefined ? undefined : candidatesOf(current.params)[index];
      if (candidate !== undefined) ask("PUBLISHED", candidate);
    },
  ]);
  useHotkeys([
    ["J", () => { move(1); }],
    ["K", () => { move(-1); }],
    ["R", () => { ask("RESEND"); }],
    ["E", () => { ask("END"); }],
    ...numbers,
  ]);
  return (
    <Page
      title={t("delivery.review_title")}
      lead={t("delivery.review_lead")}
      back={{ to: "/deliveries", label: t("nav.deliveries") }}
      width={1000}
    >
      {query.isPending && <ListSkeleton rows={3} />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {query.data?.length === 0 && <EmptyState title={t("delivery.review_empty")} />}
      {doubts.length > 0 && mayDecide && (
        <Group gap="4px 16px" fz="sm" c="dimmed">
          {KEYS.map(({ keys, does }) => (
            <span key={does}>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}{" "}
              {t(does)}
            </span>
          ))}
        </Group>
      )}
      {doubts.map((delivery, index) => (
        <DoubtCard
          key={delivery.id}
          delivery={delivery}
          isCurrent={index === here}
          onAsk={mayDecide ? (preset, candidate) => { setAsked({ delivery, preset, ...(candidate !== undefined && { candidate }) }); } : undefined}
        />
      ))}
      <MoreButton query={query} />
      <Dialog
        title={t("delivery.review_title")}
        isOpen={asked !== null}
        onClose={() => { setAsked(null); }}
      >
        {asked !== null && (
          <ResolveForm
            delivery={asked.delivery}
            {...(asked.preset !== undefined && { preset: asked.preset })}
            {...(asked.candidate !== undefined && { candidate: asked.candidate })}
            onClose={() => { setAsked(null); }}
          />
        )}
      </Dialog>
    </Page>
  );
}

interface DoubtCardProps {
  delivery: Doubt;
  isCurrent: boolean;
  onAsk: ((preset: Found, candidate?: Candidate) => void) | undefined;
}

function DoubtCard({ delivery, isCurrent, onAsk }: DoubtCardProps) {
  const { t } = useTranslation();
  const nameOf = useChannelNames();
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isCurrent) card.current?.scrollIntoView({ block: "nearest" });
  }, [isCurrent]);
  const candidates = candidatesOf(delivery.params);
  const isTask = delivery.state === "WAITING_USER";
  return (
    <section ref={card} className="card pad" data-current={isCurrent} aria-label={delivery.title}>
      <Stack gap={8}>
        <Group justify="space-between" align="flex-start" wrap="nowrap">
          <Stack gap={2}>
            <Group gap={12}>
              <Title order={2}>
                <Link to="/deliveries/$id" params={{ id: delivery.id }} className="row-link">
                  {delivery.title}
                </Link>
              </Title>
              <StateChip state={delivery.state} />
            </Group>
            <Text size="sm" c="dimmed">
              {nameOf(delivery.channel, delivery.lane)} · {delivery.account?.name} · {t("delivery.due")} <Time at={delivery.dueAt} isDue />
            </Text>
          </Stack>
          {onAsk !== undefined && (
            <Group gap={8} wrap="nowrap">
              <Button variant="default" onClick={() => { onAsk("END"); }}>
                {t("delivery.resolve_END")}
              </Button>
              {!isTask && (
                <Button variant="default" onClick={() => { onAsk("RESEND"); }}>
                  {t("delivery.resolve_RESEND")}
                </Button>
              )}
              <Button onClick={() => { onAsk("PUBLISHED"); }}>{t("delivery.resolve_PUBLISHED")}</Button>
            </Group>
          )}
        </Group>
        <Text>
          <DeliverySentence delivery={delivery} />
        </Text>
        {isTask && <Task params={delivery.params} />}
        {!isTask && <Text fw={600}>{t(candidates.length > 0 ? "delivery.candidates" : "delivery.no_candidates")}</Text>}
        {candidates.map((candidate, index) => (
          <Group key={candidate.external_id} justify="space-between" wrap="nowrap">
            <Text>
              <Kbd aria-hidden>{index + 1}</Kbd>{" "}
              {candidate.external_url === null ? (
                candidate.title
              ) : (
                <Anchor href={candidate.external_url} target="_blank" rel="noreferrer">
                  {candidate.title} <ExternalLink size={12} aria-hidden />
                </Anchor>
              )}{" "}
              <Text span size="sm" c="dimmed">
                {candidate.created_at !== null && <Time at={candidate.created_at} />}{" "}
                {candidate.matches.length > 0 && t("delivery.matches", { by: listed(candidate.matches.map((by) => t(`delivery.match_${by}`))) })}
              </Text>
            </Text>
            {onAsk !== undefined && (
              <Button size="xs" variant="default" onClick={() => { onAsk("PUBLISHED", candidate); }}>
                {t("delivery.is_this")}
              </Button>
            )}
          </Group>
        ))}
      </Stack>
    </section>
  );
}
