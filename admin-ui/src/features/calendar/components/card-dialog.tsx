import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";
import { StateChip } from "@/components/state-chip";
import { ErrorPanel } from "@/components/states";
import { ZonedTimeField } from "@/components/zoned-time-field";
import { useChannelNames } from "@/lib/channels";
import { dueTime } from "@/lib/dates";
import { useNow } from "@/lib/now";
import { hasPassed } from "@/lib/zones";

import { type Card, move, movable } from "../plan";

/** A card opened to its channels; the way to another time for those who do not drag. */
export function CardDialog({ card, zone, onClose }: { card: Card; zone: string; onClose: () => void }) {
  const { t } = useTranslation();
  const nameOf = useChannelNames();
  const client = useQueryClient();
  const now = useNow();
  const able = movable(card);
  const wall = able[0]?.zone ?? zone;
  const [at, setAt] = useState<string | null>(able[0]?.wallTime.slice(0, 16) ?? null);
  const change = useMutation({
    mutationFn: async (wallTime: string) => {
      for (const delivery of able) await move(delivery.id, { wallTime, zone: delivery.zone });
    },
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: ["deliveries"] }),
  });
  const source = card.deliveries[0];
  return (
    <Dialog title={card.title} isOpen onClose={onClose} size={560}>
      <Stack component="ul" gap={0} className="lines card">
        {card.deliveries.map((delivery) => (
          <li key={delivery.id} className="line">
            <div className="line-state">
              <StateChip state={delivery.state} />
            </div>
            <div className="line-text">
              <Link to="/deliveries/$id" params={{ id: delivery.id }} className="row-link">
                {nameOf(delivery.channel, delivery.lane)}
              </Link>
              <Text c="dimmed" size="xs">
                {delivery.account?.name} · {dueTime(delivery.dueAt, zone)}
              </Text>
            </div>
          </li>
        ))}
      </Stack>
      {able.length > 0 ? (
        <ZonedTimeField label={t("schedule.at", { zone: wall })} value={at} onChange={setAt} zone={wall} now={now} />
      ) : (
        <Text c="dimmed">{t("calendar.fixed")}</Text>
      )}
      {change.error !== null && <ErrorPanel error={change.error} />}
      <Group justify="space-between">
        {source?.sourceKind === "STORY" ? (
          <Button variant="subtle" component={Link} to={`/stories/${source.sourceId}`}>
            {t("calendar.open_source")}
          </Button>
        ) : (
          <Button variant="subtle" component={Link} to={`/videos/${source?.sourceId ?? ""}`}>
            {t("calendar.open_source")}
          </Button>
        )}
        <Group>
          <Button variant="default" onClick={onClose}>
            {t("dialog.back")}
          </Button>
          {able.length > 0 && (
            <Button
              disabled={at === null || hasPassed(at, wall, now)}
              loading={change.isPending}
              onClick={() => {
                if (at !== null) change.mutate(at);
              }}
            >
              {t("calendar.move", { count: able.length })}
            </Button>
          )}
        </Group>
      </Group>
    </Dialog>
  );
}
