import { Checkbox, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { StateChip } from "@/components/state-chip";
import { type SourceRef, findingsOf, variantOptions } from "@/lib/variant";

import { type Destination, destinationKey } from "../schedule";

/** One lane of one account, and whether the content may go there as it is. */
export function DestinationRow({ source, destination }: { source: SourceRef; destination: Destination }) {
  const { t } = useTranslation();
  const variant = useQuery(variantOptions(source, destination.channel));
  const { errors, warnings } = findingsOf(variant.data, destination.lane);
  const isBlocked = errors.length > 0;
  return (
    <div className="card pad">
      <Group justify="space-between" wrap="nowrap">
        <Checkbox value={destinationKey(destination)} label={destination.name} disabled={isBlocked} />
        {destination.status !== "ACTIVE" && <StateChip state={destination.status} />}
      </Group>
      {isBlocked && (
        <Text size="sm" c="var(--fenfa-bad)" mt={4} lang="zh-Hans">
          {errors.map((finding) => finding.reason).join(" ")} {errors[0]?.cure}
        </Text>
      )}
      {!isBlocked && warnings.length > 0 && (
        <Text size="sm" c="var(--fenfa-hold)" mt={4}>
          {t("finding.warnings", { count: warnings.length })}
        </Text>
      )}
    </div>
  );
}
