import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import type { ListSearch } from "@/lib/search";
import { termsOptions } from "@/lib/terms";

interface TermFilterProps {
  value: ListSearch;
  onChange: (next: ListSearch) => void;
}

/** The filters of a list by category and by tag. */
export function TermFilter({ value, onChange }: TermFilterProps) {
  const { t } = useTranslation();
  const terms = useQuery(termsOptions).data;
  const lists = { category: terms?.categories ?? [], tag: terms?.tags ?? [] };
  return (["category", "tag"] as const).map((kind) => (
    <Select
      key={kind}
      w={150}
      value={value[kind] ?? ""}
      data={[{ value: "", label: t(`list.all_${kind}`) }, ...lists[kind].map(({ id, name }) => ({ value: id, label: name }))]}
      aria-label={t(`list.${kind}`)}
      allowDeselect={false}
      searchable
      comboboxProps={{ withinPortal: false }}
      onChange={(id) => {
        const { [kind]: before, ...others } = value;
        if (id !== (before ?? "")) onChange({ ...others, ...(id !== null && id !== "" && { [kind]: id }) });
      }}
    />
  ));
}
