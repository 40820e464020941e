import { Link, getRouteApi, useNavigate } from "@tanstack/react-router";
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
import { duration } from "@/lib/dates";
import { type ResultOf, graphql, request } from "@/lib/graphql";
import { type ListSearch, isSameList } from "@/lib/search";

import { CONTENT_STATES, asContentState } from "../content-state";

const VideosQuery = graphql(`
  query Videos($q: String, $state: ContentState, $category: ID, $tag: ID, $after: String) {
    videos(q: $q, state: $state, categoryId: $category, tagId: $tag, first: 50, after: $after) {
      nodes {
        id
        title
        state
        updatedAt
        content {
          poster {
            url(size: THUMB)
          }
          file {
            width
            height
            video {
              durationMs
            }
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

type Row = ResultOf<typeof VideosQuery>["videos"]["nodes"][number];

const route = getRouteApi("/shell/videos");

/** Videos, last changed first. */
export function VideoList() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate();
  const query = useConnection<Row>(["videos", search], async (after, signal) => {
    const { q = null, category = null, tag = null } = search;
    const state = asContentState(search.state);
    return (await request(VideosQuery, { q, state, category, tag, after }, signal)).videos;
  });
  const filter = (next: ListSearch) => void navigate({ to: "/videos", search: next, replace: true });
  const isFiltered = !isSameList(search, {});
  return (
    <Page title={t("nav.videos")}>
      <SavedViews list="videos" value={search} onChange={filter} />
      <ListFilter
        value={search}
        onChange={filter}
        placeholder={t("story.filter")}
        states={CONTENT_STATES}
      >
        <TermFilter value={search} onChange={filter} />
        <KeepView list="videos" value={search} />
      </ListFilter>
      <DataTable
        label={t("nav.videos")}
        query={query}
        keyOf={(video) => video.id}
        empty={<EmptyState title={t(isFiltered ? "video.no_match" : "video.empty")} />}
        columns={[
          {
            key: "title",
            label: t("story.title"),
            cell: (video) => (
              <div className="cell">
                <Thumb url={video.content.poster?.url} alt="" />
                <Link to="/videos/$id" params={{ id: video.id }} className="row-link">
                  {video.title}
                </Link>
              </div>
            ),
          },
          {
            key: "length",
            label: t("video.length"),
            width: 180,
            cell: ({ content: { file } }) =>
              file?.video && (
                <span className="number">
                  {duration(file.video.durationMs)} · {file.width} × {file.height}
                </span>
              ),
          },
          { key: "state", label: t("list.state"), width: 160, cell: (video) => <StateChip state={video.state} /> },
          { key: "updated", label: t("list.updated"), width: 160, cell: (video) => <Time at={video.updatedAt} /> },
        ]}
      />
    </Page>
  );
}
