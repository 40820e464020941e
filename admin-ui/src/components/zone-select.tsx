import { Select } from "@mantine/core";
import { memo } from "react";
import { useTranslation } from "react-i18next";

import { everyZone } from "@/lib/zones";

const ZONES = everyZone();

interface ZoneSelectProps {
  label: string;
  description?: string;
  value: string;
  error?: string | undefined;
  onChange: (zone: string) => void;
}

/** One of the zones of the world, found by typing. */
export const ZoneSelect = memo(function ZoneSelect({ label, description, value, error, onChange }: ZoneSelectProps) {
  const { t } = useTranslation();
  // A zone that this browser does not know stays a choice.
  const known = ZONES.includes(value) ? ZONES : [value, ...ZONES];
  return (
    <Select
      label={label}
      description={description}
      value={value}
      error={error}
      data={known}
      limit={50}
      searchable
      required
      allowDeselect={false}
      nothingFoundMessage={t("zone.none")}
      onChange={(zone) => {
        if (zone !== null) onChange(zone);
      }}
    />
  );
});
