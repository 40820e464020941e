import { Group, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import { useMay } from "@/lib/session";
import type { SourceRef } from "@/lib/variant";

import type { History, Revision } from "../revision";
import { historyOptions } from "../revision-query";
import { pageOf } from "../source-page";
import { RestoreButton } from "./restore-button";
import { RevisionChanges } from "./revision-changes";
import { RevisionList } from "./revision-list";

interface Chosen {
  revision?: string;
  with?: string;
}

/** The saved states of a story or video, and what changed between two of them. */
export function HistoryPage({ source, search }: { source: SourceRef; search: Chosen }) {
  const { t } = useTranslation();
  const query = useQuery(historyOptions(source));
  const title = query.data?.title;
  return (
    <Page
      title={title === undefined ? t("history.title") : t("history.title_of", { title })}
      back={{ to: pageOf(source), label: title ?? t(source.kind === "STORY" ? "nav.stories" : "nav.videos") }}
      width={1280}
    >
      {query.isPending && <ListSkeleton />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined && <Shown history={query.data} search={search} />}
    </Page>
  );
}

function Shown({ history, search }: { history: History; search: Chosen }) {
  const { t } = useTranslation();
  const mayRestore = useMay("WRITE_CONTENT") && !history.isArchived;
  const { revisions } = history;
  const place = Math.max(0, revisions.findIndex(({ id }) => id === search.revision));
  const chosen = revisions[place];
  const other = revisions.find(({ id }) => id === search.with && id !== chosen?.id) ?? revisions[place + 1];
  if (chosen === undefined) return <EmptyState title={t("history.empty")} />;
  return (
    <div className="history">
      <RevisionList history={history} chosen={chosen.id} />
      <Stack gap={16} className="card side">
        {revisions.length > 1 && (
          <Group justify="space-between" align="flex-end">
            <Compared history={history} chosen={chosen} other={other} />
            {mayRestore && chosen.id !== history.latest && <RestoreButton key={chosen.id} history={history} revision={chosen} />}
          </Group>
        )}
        {other === undefined ? <Text c="dimmed">{t("history.first")}</Text> : <Between a={chosen} b={other} />}
      </Stack>
    </div>
  );
}

/** The older one is what was, whichever was chosen first. */
function Between({ a, b }: { a: Revision; b: Revision }) {
  const { t } = useTranslation();
  const [before, after] = a.number < b.number ? [a, b] : [b, a];
  return (
    <>
      <Text c="dimmed">{t("history.legend", { before: before.number, after: after.number })}</Text>
      <RevisionChanges before={before} after={after} />
    </>
  );
}

function Compared({ history, chosen, other }: { history: History; chosen: Revision; other: Revision | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const others = history.revisions.filter(({ id }) => id !== chosen.id);
  return (
    <Select
      w={220}
      label={t("history.compare")}
      value={other?.id ?? null}
      data={others.map(({ id, number }) => ({ value: id, label: t("history.revision", { number }) }))}
      onChange={(picked) => {
        if (picked === null) return;
        const to = history.source.kind === "STORY" ? "/stories/$id/history" : "/videos/$id/history";
        void navigate({ to, params: { id: history.source.id }, search: { revision: chosen.id, with: picked }, replace: true });
      }}
      allowDeselect={false}
      comboboxProps={{ withinPortal: false }}
    />
  );
}
