import { Button } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { Link, getRouteApi, useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { DataTable } from "@/components/data-table";
import { ListFilter } from "@/components/list-filter";
import { Page } from "@/components/page";
import { Thumb } from "@/components/picture";
import { KeepView, SavedViews } from "@/components/saved-views";
import { StateChip } from "@/components/state-chip";
import { EmptyState } from "@/components/states";
import { TermFilter } from "@/components/term-filter";
import { Time } from "@/components/time";
import { useConnection } from "@/lib/connection";
import { type ResultOf, graphql, request } from "@/lib/graphql";
import { type ListSearch, isSameList } from "@/lib/search";
import { useMay } from "@/lib/session";

import { BulkBar } from "../components/bulk-bar";
import { CONTENT_STATES, asContentState } from "../content-state";

const StoriesQuery = graphql(`
  query Stories($q: String, $state: ContentState, $category: ID, $tag: ID, $after: String) {
    stories(q: $q, state: $state, categoryId: $category, tagId: $tag, first: 50, after: $after) {
      nodes {
        id
        title
        state
        updatedAt
        content {
          cover {
            alt
            url(size: THUMB)
          }
          category {
            name
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

type Row = ResultOf<typeof StoriesQuery>["stories"]["nodes"][number];

const route = getRouteApi("/shell/stories");

/** Stories, last changed first. */
export function StoryList() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate();
  const mayWrite = useMay("WRITE_CONTENT");
  const query = useConnection<Row>(["stories", "list", search], async (after, signal) => {
    const { q = null, category = null, tag = null } = search;
    const state = asContentState(search.state);
    return (await request(StoriesQuery, { q, state, category, tag, after }, signal)).stories;
  });
  const mayPublish = useMay("PUBLISH");
  const [selection, setSelection] = useState<{ of: ListSearch; chosen: string[] }>({ of: search, chosen: [] });
  // Other filters show other stories: what was chosen among the old ones is not chosen any more.
  const chosen = selection.of === search ? selection.chosen : [];
  const choose = (ids: string[]) => {
    setSelection({ of: search, chosen: ids });
  };
  const filter = (next: ListSearch) => void navigate({ to: "/stories", search: next, replace: true });
  const create = () => void navigate({ to: "/stories/new" });
  useHotkeys(mayWrite ? [["n", create]] : []);
  const isFiltered = !isSameList(search, {});
  const button = mayWrite && (
    <Button component={Link} to="/stories/new" leftSection={<Plus size={16} aria-hidden />}>
      {t("story.new")}
    </Button>
  );
  return (
    <Page title={t("nav.stories")} actions={button}>
      <SavedViews list="stories" value={search} onChange={filter} />
      <ListFilter
        value={search}
        onChange={filter}
        placeholder={t("story.filter")}
        states={CONTENT_STATES}
      >
        <TermFilter value={search} onChange={filter} />
        <KeepView list="stories" value={search} />
      </ListFilter>
      <BulkBar chosen={(query.data ?? []).filter(({ id }) => chosen.includes(id))} onChange={choose} />
      <DataTable
        label={t("nav.stories")}
        query={query}
        keyOf={(story) => story.id}
        {...((mayWrite || mayPublish) && { selection: { chosen, onChange: choose, nameOf: (story: Row) => story.title } })}
        empty={
          isFiltered ? (
            <EmptyState
              title={t("story.no_match")}
              action={
                <Button variant="default" component={Link} to="/stories">
                  {t("story.clear")}
                </Button>
              }
            />
          ) : (
            <EmptyState title={t("story.empty")} action={button} />
          )
        }
        columns={[
          {
            key: "title",
            label: t("story.title"),
            cell: (story) => (
              <div className="cell">
                <Thumb url={story.content.cover?.url} alt="" />
                <Link to="/stories/$id" params={{ id: story.id }} className="row-link">
                  {story.title}
                </Link>
              </div>
            ),
          },
          { key: "category", label: t("story.category"), width: 110, cell: (story) => story.content.category?.name },
          { key: "state", label: t("list.state"), width: 130, cell: (story) => <StateChip state={story.state} /> },
          { key: "updated", label: t("list.updated"), width: 130, cell: (story) => <Time at={story.updatedAt} /> },
        ]}
      />
    </Page>
  );
}
