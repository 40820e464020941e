import { Group, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import { useMay } from "@/lib/session";

import { RestoreButton } from "../components/restore-button";
import { RevisionChanges } from "../components/revision-changes";
import { RevisionList } from "../components/revision-list";
import { type History, type Revision, historyOptions } from "../revision-query";

const route = getRouteApi("/shell/stories/$id/history");

/** The saved states of a story, and what changed between two of them. */
export function StoryHistory() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const query = useQuery(historyOptions(id));
  const title = query.data?.story.title;
  return (
    <Page
      title={title === undefined ? t("history.title") : t("history.title_of", { title })}
      back={{ to: `/stories/${id}`, label: title ?? t("nav.stories") }}
      width={1280}
    >
      {query.isPending && <ListSkeleton />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined && <Shown history={query.data} />}
    </Page>
  );
}

function Shown({ history }: { history: History }) {
  const { t } = useTranslation();
  const search = route.useSearch();
  const mayRestore = useMay("WRITE_CONTENT") && history.story.state !== "ARCHIVED";
  const revisions = history.storyRevisions;
  const place = Math.max(0, revisions.findIndex(({ id }) => id === search.revision));
  const chosen = revisions[place];
  const other = revisions.find(({ id }) => id === search.with && id !== chosen?.id) ?? revisions[place + 1];
  if (chosen === undefined) return <EmptyState title={t("history.empty")} />;
  return (
    <div className="history">
      <RevisionList history={history} chosen={chosen.id} />
      <Stack gap={16} className="card side">
        <Group justify="space-between" align="flex-end">
          <Compared history={history} chosen={chosen} other={other} />
          {mayRestore && chosen.id !== history.story.revisionId && <RestoreButton key={chosen.id} story={history.story} revision={chosen} />}
        </Group>
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
  const others = history.storyRevisions.filter(({ id }) => id !== chosen.id);
  if (others.length === 0) return <span />;
  return (
    <Select
      w={220}
      label={t("history.compare")}
      value={other?.id ?? null}
      data={others.map(({ id, number }) => ({ value: id, label: t("history.revision", { number }) }))}
      onChange={(picked) => {
        if (picked === null) return;
        const search = { revision: chosen.id, with: picked };
        void navigate({ to: "/stories/$id/history", params: { id: history.story.id }, search, replace: true });
      }}
      allowDeselect={false}
      comboboxProps={{ withinPortal: false }}
    />
  );
}
