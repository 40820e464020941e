import { Group, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useStepNames } from "@/components/delivery-sentence";
import { useChannelNames } from "@/lib/channels";
import { clockTime, exactTime } from "@/lib/dates";
import { cause } from "@/lib/refusal";
import { useZone } from "@/lib/session";

import type { Attempt, Delivery } from "../query";
import { type Outcome, roundsOf } from "../rounds";
import { Evidence } from "./evidence";

/** What happened, the latest first; times to the second. */
export function Timeline({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation();
  const zone = useZone();
  return (
    <section>
      <Title order={2} mb={8}>
        {t("delivery.timeline", { zone })}
      </Title>
      <ol className="card lines">
        {roundsOf(delivery.attempts, delivery.steps).map(({ outcome, last, earlier }) => (
          <Entry key={last.id} at={last.endedAt}>
            <Tried attempt={last} outcome={outcome} channel={delivery.channel} />
            {earlier.length > 0 && (
              <details className="evidence">
                <summary>{t("delivery.earlier", { count: earlier.length })}</summary>
                <ol className="lines">
                  {earlier.map((attempt) => (
                    <Entry key={attempt.id} at={attempt.endedAt}>
                      <Tried attempt={attempt} outcome={outcome} channel={delivery.channel} />
                    </Entry>
                  ))}
                </ol>
              </details>
            )}
          </Entry>
        ))}
        {Date.parse(delivery.dueAt) > Date.parse(delivery.createdAt) && <Entry at={delivery.dueAt}>{t("delivery.was_due")}</Entry>}
        <Entry at={delivery.createdAt}>{t("delivery.was_planned")}</Entry>
      </ol>
    </section>
  );
}

function Entry({ at, children }: { at: string; children: React.ReactNode }) {
  const zone = useZone();
  return (
    <li className="entry">
      <time dateTime={at} title={exactTime(at, zone)} className="number">
        {clockTime(at, zone)}
      </time>
      <div>{children}</div>
    </li>
  );
}

const COLOURS: Record<Outcome, string> = { done: "var(--fenfa-ok)", waiting: "var(--fenfa-ask)", failed: "var(--fenfa-bad)" };

function Tried({ attempt, outcome, channel }: { attempt: Attempt; outcome: Outcome; channel: string }) {
  const { t } = useTranslation();
  const stepName = useStepNames();
  const nameOf = useChannelNames();
  const told = cause(attempt.message);
  return (
    <>
      <Group gap={8}>
        <Text fw={600}>{stepName(attempt.step, nameOf(channel))}</Text>
        <Text style={{ color: COLOURS[outcome] }}>{t(`delivery.went_${outcome}`)}</Text>
        <Text c="dimmed" size="xs" className="number">
          {t("delivery.took", { ms: attempt.durationMs })}
        </Text>
        {outcome === "failed" && (
          <Text c="dimmed" size="xs">
            {t("delivery.sent_label", { sent: t(`delivery.sent_${attempt.sent}`) })}
          </Text>
        )}
      </Group>
      {attempt.message !== "" && <Text lang={told.lang}>{told.text}</Text>}
      <Evidence attempt={attempt} />
    </>
  );
}
