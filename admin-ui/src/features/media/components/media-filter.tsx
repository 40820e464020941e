import { SegmentedControl, Switch } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ListFilter } from "@/components/list-filter";
import { MEDIA_KINDS, type MediaSearch, without } from "@/lib/search";

const ALL = "all";

/** What narrows the library down: words, the kind of file, what still lacks a text. */
export function MediaFilter({ search }: { search: MediaSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const go = (next: MediaSearch) => void navigate({ to: "/media", search: next, replace: true });
  return (
    <ListFilter
      value={search}
      onChange={({ q }) => {
        go({ ...without(search, "q"), ...(q !== undefined && { q }) });
      }}
      placeholder={t("media.filter")}
    >
      <SegmentedControl
        aria-label={t("media.kind")}
        value={search.kind ?? ALL}
        data={[ALL, ...MEDIA_KINDS].map((kind) => ({ value: kind, label: t(`media.kind_${kind}`) }))}
        onChange={(value) => {
          const kind = MEDIA_KINDS.find((one) => one === value);
          const others = without(search, "kind");
          // Only pictures can lack a text.
          go(kind === undefined ? others : { ...(kind === "video" ? without(others, "noalt") : others), kind });
        }}
      />
      <Switch
        label={t("media.lacks_alt")}
        checked={search.noalt === true}
        onChange={(event) => {
          const { kind } = search;
          const pictures = kind === "video" ? without(search, "kind") : search;
          go(event.currentTarget.checked ? { ...pictures, noalt: true } : without(search, "noalt"));
        }}
      />
    </ListFilter>
  );
}
