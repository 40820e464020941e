import { Anchor, Button, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { PausedSince } from "@/components/pause-words";
import { ErrorPanel } from "@/components/states";
import { StateChip } from "@/components/state-chip";
import { Time } from "@/components/time";
import { useChannelNames } from "@/lib/channels";
import { type Pause, resumeDeliveries, scopeOf, stoppedOptions } from "@/lib/pauses";
import { useMay } from "@/lib/session";

/** What is not sent now and why: pauses of people, ways that are down. Nothing when all goes out; accounts say theirs themselves. */
export function Stopped() {
  const { t } = useTranslation();
  const nameOf = useChannelNames();
  const stopped = useQuery(stoppedOptions);
  if (stopped.error !== null) return <ErrorPanel error={stopped.error} retry={() => void stopped.refetch()} />;
  const pauses = stopped.data?.pauses.filter((pause) => pause.kind !== "ACCOUNT") ?? [];
  const breakers = stopped.data?.breakers ?? [];
  if (pauses.length + breakers.length === 0) return null;
  return (
    <section className="card" aria-label={t("pause.stopped")}>
      <ul className="lines">
        {pauses.map((pause) => (
          <PauseLine key={pause.id} pause={pause} />
        ))}
        {breakers.map((breaker) => (
          <li key={`${breaker.channel} ${breaker.lane}`} className="line">
            <span className="line-state">
              <StateChip state="down" />
            </span>
            <Text className="line-text">
              {t("pause.down", { channel: nameOf(breaker.channel, breaker.lane) })} <Time at={breaker.probeAt} isDue />
            </Text>
          </li>
        ))}
      </ul>
    </section>
  );
}

function PauseLine({ pause }: { pause: Pause }) {
  const { t } = useTranslation();
  const nameOf = useChannelNames();
  const mayManage = useMay("MANAGE_ACCOUNTS");
  const maySchedule = useMay("SCHEDULE");
  const client = useQueryClient();
  const scope = scopeOf(pause);
  const resume = useMutation({
    mutationFn: async () => {
      if (scope !== undefined) await resumeDeliveries(scope);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["accounts"] }),
  });
  const isSource = pause.kind === "SOURCE";
  const may = isSource ? maySchedule : mayManage;
  return (
    <li className="line">
      <span className="line-state">
        <StateChip state="paused" />
      </span>
      <div className="line-text">
        <Text>
          {t(`pause.is_${pause.kind}`, { channel: nameOf(pause.target ?? "") })}{" "}
          {isSource && pause.target !== null && (
            <Anchor component={Link} to={pause.sourceKind === "VIDEO" ? `/videos/${pause.target}` : `/stories/${pause.target}`}>
              {t("pause.look")}
            </Anchor>
          )}
        </Text>
        <PausedSince pause={pause} />
        {resume.error !== null && <ErrorPanel error={resume.error} />}
      </div>
      {may && scope !== undefined && (
        <Button
          loading={resume.isPending}
          onClick={() => {
            resume.mutate();
          }}
        >
          {t("account.resume")}
        </Button>
      )}
    </li>
  );
}
