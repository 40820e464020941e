import { Group, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { clockTime, exactTime } from "@/lib/dates";
import { useZone } from "@/lib/session";

import type { Attempt, Delivery } from "../query";
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
        {[...delivery.attempts].reverse().map((attempt) => (
          <Entry key={attempt.id} at={attempt.endedAt}>
            <Tried attempt={attempt} />
          </Entry>
        ))}
        <Entry at={delivery.dueAt}>{t("delivery.was_due")}</Entry>
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

function Tried({ attempt }: { attempt: Attempt }) {
  const { t } = useTranslation();
  const isGood = attempt.class === null;
  const step = t(`step.${attempt.step}`, { defaultValue: attempt.step });
  return (
    <>
      <Group gap={8}>
        <Text fw={600}>{step}</Text>
        <Text style={{ color: isGood ? "var(--fenfa-ok)" : "var(--fenfa-bad)" }}>
          {t(isGood ? "delivery.went_well" : "delivery.went_wrong")}
        </Text>
        <Text c="dimmed" size="xs" className="number">
          {t("delivery.took", { ms: attempt.durationMs })}
        </Text>
        {!isGood && (
          <Text c="dimmed" size="xs">
            {t("delivery.sent_label")} {t(`delivery.sent_${attempt.sent}`)}
          </Text>
        )}
      </Group>
      {attempt.message !== "" && <Text>{attempt.message}</Text>}
      <Evidence attempt={attempt} />
    </>
  );
}
