import { CloseButton, Group, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback, useHotkeys } from "@mantine/hooks";
import { Search } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { type ListSearch, without } from "@/lib/search";

interface ListFilterProps {
  value: ListSearch;
  onChange: (next: ListSearch) => void;
  /** Label of the text filter; without it there is none. */
  placeholder?: string;
  states?: readonly string[];
  /** Further filters. */
  children?: ReactNode;
}

/** The filters above a list; `/` goes there. The address keeps them. */
export function ListFilter({ value, onChange, placeholder, states, children }: ListFilterProps) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value.q ?? "");
  const [applied, setApplied] = useState(value.q ?? "");
  const [seen, setSeen] = useState(value.q);
  // A filter that comes from elsewhere, a view or the way back, shows in the field.
  if (value.q !== seen) {
    setSeen(value.q);
    if ((value.q ?? "") !== applied) {
      setApplied(value.q ?? "");
      setTyped(value.q ?? "");
    }
  }
  const apply = useDebouncedCallback((q: string) => {
    setApplied(q.trim());
    onChange(withText(value, q));
  }, 300);
  useHotkeys([["/", () => input.current?.focus()]]);
  const type = (q: string) => {
    setTyped(q);
    apply(q);
  };
  return (
    <Group gap={12} className="filters">
      {placeholder !== undefined && (
        <TextInput
          ref={input}
          className="filter-text"
          value={typed}
          onChange={(event) => {
            type(event.currentTarget.value);
          }}
          placeholder={placeholder}
          aria-label={placeholder}
          leftSection={<Search size={16} aria-hidden />}
          rightSection={
            typed === "" ? null : (
              <CloseButton
                size="sm"
                aria-label={t("list.clear")}
                onClick={() => {
                  type("");
                }}
              />
            )
          }
        />
      )}
      {states !== undefined && (
        <Select
          w={180}
          value={value.state ?? ""}
          data={[{ value: "", label: t("list.all_states") }, ...states.map((state) => ({ value: state, label: t(`state.${state.toLowerCase()}`) }))]}
          onChange={(state) => {
            const { state: before, ...others } = value;
            if (state !== before) onChange({ ...others, ...(state !== null && state !== "" && { state }) });
          }}
          allowDeselect={false}
          aria-label={t("list.state")}
          comboboxProps={{ withinPortal: false }}
        />
      )}
      {children}
    </Group>
  );
}

function withText(filter: ListSearch, q: string): ListSearch {
  return q.trim() === "" ? without(filter, "q") : { ...filter, q: q.trim() };
}
