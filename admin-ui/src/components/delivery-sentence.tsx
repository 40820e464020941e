import { useTranslation } from "react-i18next";

import { useChannelNames } from "@/lib/channels";
import { dueTime } from "@/lib/dates";
import { cause } from "@/lib/refusal";
import { type Told, sentence } from "@/lib/sentence";
import { useZone } from "@/lib/session";

/** One sentence about a delivery: what happened, can readers see it, what comes next. */
export function DeliverySentence({ delivery }: { delivery: Told & { channel: string } }) {
  return <>{useDeliverySentence()(delivery)}</>;
}

/** Says such sentences, of many deliveries at once. */
export function useDeliverySentence(): (delivery: Told & { channel: string }) => string {
  const { t } = useTranslation();
  const zone = useZone();
  const nameOf = useChannelNames();
  const stepName = useStepNames();
  return (delivery) => {
    const { key, at, message, count, step } = sentence(delivery);
    return t(key, {
      channel: nameOf(delivery.channel),
      time: at === null ? t("sentence.soon") : dueTime(at, zone),
      cause: message === "" ? t("sentence.no_cause") : cause(message).text,
      n: count,
      i: step?.number ?? 1,
      of: step?.of ?? 1,
      step: step === undefined ? "" : stepName(step.name, nameOf(delivery.channel)),
    });
  };
}

/** What a step does, on the channel that it is a step of. */
export function useStepNames(): (step: string, channel: string) => string {
  const { t } = useTranslation();
  return (step, channel) => t(`step.${step}`, { channel, defaultValue: step });
}
