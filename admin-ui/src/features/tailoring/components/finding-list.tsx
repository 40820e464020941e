import { Anchor, Stack, Text } from "@mantine/core";
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Channel } from "@/lib/channels";
import { findingWords } from "@/lib/finding";
import { listed, localText } from "@/lib/text";
import type { Finding } from "@/lib/variant";

/** What a person should mend: what, why, how; each leads to its field. */
export function FindingList({ findings, channel }: { findings: Finding[]; channel: Channel }) {
  const { t } = useTranslation();
  if (findings.length === 0) {
    return (
      <Text className="card pad" c="var(--fenfa-ok)">
        <CircleCheck size={16} aria-hidden style={{ verticalAlign: "-3px" }} /> {t("finding.none")}
      </Text>
    );
  }
  return (
    <ul className="card lines">
      {findings.map((finding, index) => (
        <li key={`${finding.code}-${String(index)}`} className="line top">
          <SeverityIcon severity={finding.severity} />
          <Stack gap={0}>
            <Said finding={finding} />
            <Text size="xs" c="dimmed">
              <FieldLink finding={finding} channel={channel} />
              {finding.lanes.length > 0 && ` · ${laneNames(finding, channel)}`}
              {finding.source !== "" && ` · ${t("finding.source", { source: finding.source })}`}
            </Text>
          </Stack>
        </li>
      ))}
    </ul>
  );
}

function Said({ finding }: { finding: Finding }) {
  const { reason, cure, lang } = findingWords(finding);
  return (
    <>
      <Text fw={600} lang={lang}>
        {reason}
      </Text>
      <Text lang={lang}>{cure}</Text>
    </>
  );
}

/** Long words beside it do not make it smaller. */
const FIRM = { flex: "none", marginTop: 2 };

export function SeverityIcon({ severity }: { severity: Finding["severity"] }) {
  const { t } = useTranslation();
  return severity === "ERROR" ? (
    <CircleAlert size={18} style={FIRM} color="var(--fenfa-bad)" role="img" aria-label={t("finding.error")} />
  ) : (
    <TriangleAlert size={18} style={FIRM} color="var(--fenfa-hold)" role="img" aria-label={t("finding.warning")} />
  );
}

function FieldLink({ finding, channel }: { finding: Finding; channel: Channel }) {
  const { t } = useTranslation();
  const field = channel.fields.find((one) => one.name === finding.field);
  if (field === undefined) return <>{t(`finding.fields.${finding.field}`, { defaultValue: finding.field })}</>;
  return (
    <Anchor
      component="button"
      type="button"
      size="xs"
      onClick={() => {
        document.getElementById(`field-${field.name}`)?.focus();
      }}
    >
      {localText(field.label)}
    </Anchor>
  );
}

function laneNames(finding: Finding, channel: Channel): string {
  return listed(channel.lanes.filter((lane) => finding.lanes.includes(lane.id)).map((lane) => localText(lane.name)));
}
