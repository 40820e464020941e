import { useTranslation } from "react-i18next";

import { useChannelNames } from "@/lib/channels";
import { dueTime } from "@/lib/dates";
import { type Told, sentence } from "@/lib/sentence";
import { useZone } from "@/lib/session";

/** One sentence about a delivery: what happened, can readers see it, what comes next. */
export function DeliverySentence({ delivery }: { delivery: Told & { channel: string } }) {
  return <>{useDeliverySentence(delivery)}</>;
}

export function useDeliverySentence(delivery: Told & { channel: string }): string {
  const { t } = useTranslation();
  const zone = useZone();
  const nameOf = useChannelNames();
  const { key, at, message, count, step } = sentence(delivery);
  return t(key, {
    channel: nameOf(delivery.channel),
    time: at === null ? t("sentence.soon") : dueTime(at, zone),
    cause: message === "" ? t("sentence.no_cause") : message,
    n: count,
    i: step?.number ?? 1,
    of: step?.of ?? 1,
    step: step === undefined ? "" : t(`step.${step.name}`, { defaultValue: step.name }),
  });
}
