import { Button, Checkbox, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";

import { FindingText } from "@/components/finding-text";
import { StateChip } from "@/components/state-chip";
import { ErrorPanel } from "@/components/states";
import { ZonedTimeField } from "@/components/zoned-time-field";
import { dueTime, hourMinute, wallTimeAfter } from "@/lib/dates";

import type { ScheduleRow, Scheduling } from "../use-schedule";
import { DestinationWarnings } from "./destination-warnings";

/** The lanes of one account. */
export function AccountRows({ rows, scheduling }: { rows: ScheduleRow[]; scheduling: Scheduling }) {
  const account = rows[0]?.destination;
  if (account === undefined) return null;
  return (
    <div className="card">
      <Group className="pad" gap={8}>
        <Text fw={600} size="sm">
          {account.accountName}
        </Text>
        {account.status !== "ACTIVE" && <StateChip state={account.status} />}
      </Group>
      {rows.map((row) => (
        <DestinationRow key={row.key} row={row} scheduling={scheduling} />
      ))}
    </div>
  );
}

/** One lane of one account: whether it goes there, when, and what speaks against it. */
function DestinationRow({ row, scheduling }: { row: ScheduleRow; scheduling: Scheduling }) {
  const { t } = useTranslation();
  const { zone, now, at, tick, setOwnTime } = scheduling;
  const { key, destination, findings, result } = row;
  if (result === "done") {
    return (
      <Group className="destination" gap={8}>
        <CircleCheck size={16} color="var(--fenfa-ok)" aria-hidden />
        <Text>{destination.name}</Text>
        <Text c="var(--fenfa-ok)">{t("schedule.planned")}</Text>
      </Group>
    );
  }
  return (
    <div className="destination" aria-busy={row.isChecking}>
      <Group justify="space-between" wrap="nowrap" mih={30}>
        <Checkbox
          checked={row.isChosen}
          disabled={row.isBlocked}
          label={destination.laneName}
          aria-label={destination.name}
          {...(destination.barred !== null && { "aria-describedby": `barred-${destination.account}-${destination.lane}` })}
          onChange={(event) => {
            tick(key, event.currentTarget.checked);
          }}
        />
        {row.isChosen && (
          <Button
            size="xs"
            variant="subtle"
            aria-label={t(row.own === undefined ? "schedule.own_time_of" : "schedule.follow_of", { name: destination.name })}
            onClick={() => {
              setOwnTime(key, row.own === undefined ? (at ?? wallTimeAfter(60, zone)) : undefined);
            }}
          >
            {t(row.own === undefined ? "schedule.own_time" : "schedule.follow")}
          </Button>
        )}
      </Group>
      {row.isChosen && row.own !== undefined && (
        <ZonedTimeField
          label={t("schedule.at_of", { name: destination.name, zone })}
          value={row.own}
          onChange={(time) => {
            setOwnTime(key, time);
          }}
          zone={zone}
          now={now}
        />
      )}
      {row.isChecking && (
        <Text size="sm" c="dimmed" mt={4}>
          {t("schedule.checking")}
        </Text>
      )}
      {row.trouble !== null && <ErrorPanel error={row.trouble} />}
      {destination.barred !== null && (
        <Text size="sm" c="var(--fenfa-bad)" mt={4} id={`barred-${destination.account}-${destination.lane}`}>
          {t("schedule.barred")} <span lang="zh-Hans">{destination.barred}</span>{" "}
          <Link to="/channels/$account" params={{ account: destination.account }} className="link">
            {t("schedule.to_account")}
          </Link>
        </Text>
      )}
      {findings.errors.map((finding) => (
        <Text key={`${finding.code}${finding.reason}`} size="sm" c="var(--fenfa-bad)" mt={4}>
          <FindingText finding={finding} />
        </Text>
      ))}
      {!row.isBlocked && <DestinationWarnings row={row} />}
      {row.close !== undefined && (
        <Text size="sm" c="var(--fenfa-hold)" mt={4}>
          {t("schedule.close", { time: hourMinute(row.close.dueAt, zone), title: row.close.title })}
        </Text>
      )}
      {row.blackout !== undefined && (
        <Text size="sm" c="var(--fenfa-hold)" mt={4}>
          {t("schedule.blackout", { time: dueTime(new Date(row.at).toISOString(), zone), reason: row.blackout.reason, until: row.blackout.until.replace("T", " ") })}
        </Text>
      )}
      {result instanceof Error && <ErrorPanel error={result} />}
    </div>
  );
}
