import { useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { wallTimeAfter } from "@/lib/dates";
import { useNow } from "@/lib/now";
import { useBlackouts, useMay, useNeedsApproval, useZone } from "@/lib/session";
import { type SourceRef, findingsOf, variantOptions } from "@/lib/variant";
import { instantOf } from "@/lib/zones";

import { approve } from "./approve";
import { type Destination, destinationKey, schedule } from "./schedule";
import { aroundOptions, blackoutAt, closeTo, earlierAt, earlierOptions } from "./schedule-checks";
import { type MissedRule, missedRuleOptions, setMissedRule } from "./slots";

export type Result = "done" | Error;

/** Where a source goes and when, with what the server has to say against it before anything is sent. */
export function useSchedule(source: SourceRef, destinations: Destination[], onDone: () => void) {
  const zone = useZone();
  const blackouts = useBlackouts();
  const mayApprove = useMay("PUBLISH");
  const needsApproval = useNeedsApproval();
  const [isApproving, setApproving] = useState(true);
  const now = useNow();
  const client = useQueryClient();
  const [ticks, setTicks] = useState<Record<string, boolean>>({});
  const [own, setOwn] = useState<Record<string, string | null>>({});
  const [results, setResults] = useState<Record<string, Result>>({});
  const [when, setWhen] = useState<"now" | "at">("at");
  const [at, setAt] = useState<string | null>(() => wallTimeAfter(60, zone));
  const rule = useQuery(missedRuleOptions(source)).data;
  const [missed, setMissed] = useState<MissedRule>();

  const channels = [...new Set(destinations.map(({ channel }) => channel))];
  const variants = useQueries({ queries: channels.map((channel) => variantOptions(source, channel)) });
  const { data: earlier, error: earlierError } = useQuery(earlierOptions(source));

  const timeOf = (key: string): string | null => (key in own ? (own[key] ?? null) : when === "now" ? null : at);
  const isNow = (key: string) => when === "now" && !(key in own);
  const instant = (key: string): number => {
    const time = timeOf(key);
    return isNow(key) ? now : time === null ? Number.NaN : instantOf(time, zone).getTime();
  };
  const checked = destinations.map((destination) => {
    const asked = variants[channels.indexOf(destination.channel)];
    const variant = asked?.data;
    const findings = findingsOf(variant, destination.lane);
    const before = earlierAt(destination, earlier ?? []);
    const trouble = asked?.error ?? earlierError;
    const isChecking = trouble === null && (variant === undefined || earlier === undefined);
    const isOpen = destination.status === "ACTIVE" && destination.barred === null;
    const isReady = trouble === null && !isChecking && findings.errors.length === 0 && isOpen;
    return { key: destinationKey(destination), destination, findings, before, trouble, isChecking, isReady };
  });
  // One lane of an account goes along unless a person says otherwise: two may bring readers the same thing twice.
  const suggested = (account: string) => {
    const lanes = checked.filter(({ destination }) => destination.account === account);
    return lanes.some(({ before }) => before !== undefined) ? undefined : lanes.find(({ isReady }) => isReady)?.key;
  };
  const base = checked.map(({ key, destination, findings, before, trouble, isChecking }) => {
    const isBlocked = trouble !== null || isChecking || findings.errors.length > 0 || destination.barred !== null;
    const isTicked = ticks[key] ?? suggested(destination.account) === key;
    const isChosen = isTicked && !isBlocked && results[key] !== "done";
    return { key, destination, findings, before, trouble, isChecking, isBlocked, isChosen, at: instant(key), isNow: isNow(key), own: own[key] };
  });
  const chosen = base.filter(({ isChosen }) => isChosen);
  const instants = [...new Set(chosen.map((row) => row.at))];
  const around = useQuery(aroundOptions(instants)).data ?? [];
  const rows = base.map((row) => ({
    ...row,
    result: results[row.key],
    close: row.isChosen ? closeTo(row.destination, row.at, source, around) : undefined,
    blackout: row.isChosen ? blackoutAt(row.at, zone, blackouts) : undefined,
    isPast: row.isChosen && !row.isNow && row.at <= now,
  }));

  const plan = useMutation({
    mutationFn: async () => {
      let isAll = true;
      if (missed !== undefined && missed.policy !== rule?.policy) {
        await setMissedRule(source, missed);
        await client.invalidateQueries({ queryKey: missedRuleOptions(source).queryKey });
      }
      if (needsApproval && mayApprove && isApproving) {
        for (const channel of new Set(chosen.map(({ destination }) => destination.channel))) {
          const hash = variants[channels.indexOf(channel)]?.data?.contentHash;
          if (hash !== undefined) await approve(source, channel, hash);
        }
      }
      for (const { key, destination, isNow: atOnce } of chosen) {
        const time = timeOf(key);
        const wall = atOnce || time === null ? null : { wallTime: time, zone };
        const result = await schedule(source, destination, wall).then(
          () => "done" as const,
          (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
        );
        isAll &&= result === "done";
        setResults((before) => ({ ...before, [key]: result }));
      }
      return isAll;
    },
    onSuccess: (isAll) => {
      if (isAll) onDone();
    },
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ["deliveries"] });
      // What was refused since somebody edited it is looked at again as it is now.
      await client.invalidateQueries({ queryKey: ["variant", source.id] });
    },
  });

  return {
    zone,
    now,
    when,
    setWhen,
    at,
    setAt,
    rows,
    chosen: rows.filter(({ isChosen }) => isChosen),
    plan,
    /** Null where nothing needs an approval. */
    approval: needsApproval ? { isMine: mayApprove, isOn: mayApprove && isApproving, set: setApproving } : null,
    missed: missed ?? rule,
    setMissed,
    tick: (key: string, isTicked: boolean) => {
      setTicks((before) => ({ ...before, [key]: isTicked }));
    },
    /** Gives one destination a time of its own; nothing lets it follow the others again. */
    setOwnTime: (key: string, time: string | null | undefined) => {
      setOwn((before) => {
        const others = Object.fromEntries(Object.entries(before).filter(([one]) => one !== key));
        return time === undefined ? others : { ...others, [key]: time };
      });
    },
  };
}

export type Scheduling = ReturnType<typeof useSchedule>;
export type ScheduleRow = Scheduling["rows"][number];
