import { Group, Text, Title, VisuallyHidden } from "@mantine/core";
import { Check, Circle, CircleDot, CircleQuestionMark, Minus } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useStepNames } from "@/components/delivery-sentence";
import { useChannelNames } from "@/lib/channels";

import type { DeliveryStep } from "../query";

const LOOKS = {
  PENDING: { icon: Circle, colour: "var(--mantine-color-dimmed)" },
  ARMED: { icon: CircleDot, colour: "var(--fenfa-run)" },
  UNKNOWN: { icon: CircleQuestionMark, colour: "var(--fenfa-ask)" },
  DONE: { icon: Check, colour: "var(--fenfa-ok)" },
  SKIPPED: { icon: Minus, colour: "var(--mantine-color-dimmed)" },
} as const;

/** The steps of a delivery, from left to right. */
export function Steps({ steps, channel }: { steps: DeliveryStep[]; channel: string }) {
  const { t } = useTranslation();
  const stepName = useStepNames();
  const nameOf = useChannelNames();
  return (
    <section>
      <Title order={2} mb={8}>
        {t("delivery.steps")}
      </Title>
      <Group component="ol" gap="8px 0" className="card steps">
        {steps.map((step, index) => {
          const { icon: Icon, colour } = LOOKS[step.state];
          return (
            <li key={step.name} className="step">
              <Icon size={18} color={colour} aria-hidden />
              <div>
                <Text fw={600}>
                  {index + 1}. {stepName(step.name, nameOf(channel))}
                </Text>
                <Text size="xs" style={{ color: colour }}>
                  {t(`step_state.${step.state}`)}
                  {step.resendCount > 0 && ` · ${t("delivery.resent", { count: step.resendCount })}`}
                </Text>
                {step.kind === "COMMIT" && <VisuallyHidden>{t("delivery.commits")}</VisuallyHidden>}
              </div>
            </li>
          );
        })}
      </Group>
    </section>
  );
}
