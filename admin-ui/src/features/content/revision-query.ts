import { queryOptions } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "@/lib/graphql";
import { listed } from "@/lib/text";
import type { SourceRef } from "@/lib/variant";

import type { FieldState, History, Revision } from "./revision";
import { FIELDS, draftOf, fieldText } from "./story-draft";
import { type StoryContent, StoryContentFields } from "./story-query";

const StoryHistoryQuery = graphql(
  `
    query StoryHistory($id: ID!) {
      story(id: $id) {
        id
        title
        state
        version
        revisionId
        publishedRevisionId
      }
      storyRevisions(id: $id) {
        id
        number
        createdBy
        createdAt
        content {
          ...StoryContentFields
        }
      }
    }
  `,
  [StoryContentFields],
);

const VideoHistoryQuery = graphql(`
  query VideoHistory($id: ID!) {
    video(id: $id) {
      id
      title
      state
      version
      revisionId
      publishedRevisionId
    }
    videoRevisions(id: $id) {
      id
      number
      createdBy
      createdAt
      content {
        title
        caption
        file {
          id
          name
        }
        poster {
          id
          name
        }
        category {
          id
          name
        }
        tags {
          id
          name
        }
        products {
          id
          name
        }
      }
    }
  }
`);

const RestoreStoryRevision = graphql(`
  mutation RestoreStoryRevision($input: RestoreRevisionInput!) {
    restoreStoryRevision(input: $input) {
      story {
        id
      }
    }
  }
`);

const RestoreVideoRevision = graphql(`
  mutation RestoreVideoRevision($input: RestoreRevisionInput!) {
    restoreVideoRevision(input: $input) {
      video {
        id
      }
    }
  }
`);

type VideoContent = ResultOf<typeof VideoHistoryQuery>["videoRevisions"][number]["content"];

/** The saved states of a story or video. */
export const historyOptions = (source: SourceRef) =>
  queryOptions({
    queryKey: [source.kind === "STORY" ? "stories" : "videos", "history", source.id],
    queryFn: ({ signal }) => (source.kind === "STORY" ? storyHistory(source, signal) : videoHistory(source, signal)),
    staleTime: 0,
  });

async function storyHistory(source: SourceRef, signal: AbortSignal): Promise<History> {
  const { story, storyRevisions } = await request(StoryHistoryQuery, { id: source.id }, signal);
  return history(source, story, storyRevisions.map(({ content, ...revision }) => ({ ...revision, fields: storyFields(content) })));
}

async function videoHistory(source: SourceRef, signal: AbortSignal): Promise<History> {
  const { video, videoRevisions } = await request(VideoHistoryQuery, { id: source.id }, signal);
  return history(source, video, videoRevisions.map(({ content, ...revision }) => ({ ...revision, fields: videoFields(content) })));
}

type Whole = ResultOf<typeof VideoHistoryQuery>["video"] | ResultOf<typeof StoryHistoryQuery>["story"];

function history(source: SourceRef, { title, state, version, revisionId, publishedRevisionId }: Whole, revisions: Revision[]): History {
  return { source, title, isArchived: state === "ARCHIVED", version, latest: revisionId, published: publishedRevisionId, revisions };
}

function storyFields(content: StoryContent): FieldState[] {
  const draft = draftOf(content);
  return FIELDS.map((field) => ({ label: `story.${field}`, text: fieldText(draft, field), value: draft[field] }));
}

function videoFields({ title, caption, file, poster, category, tags, products }: VideoContent): FieldState[] {
  const names = (all: { name: string }[]) => listed(all.map(({ name }) => name));
  return [
    { label: "video.title", text: title, value: title },
    { label: "video.caption", text: caption, value: caption },
    { label: "video.file", text: file?.name ?? "", value: file },
    { label: "video.poster", text: poster?.name ?? "", value: poster },
    { label: "video.category", text: category?.name ?? "", value: category },
    { label: "video.tags", text: names(tags), value: tags },
    { label: "video.products", text: names(products), value: products },
  ];
}

/** Makes an old state the latest again; refused when somebody saved in between. */
export async function restore({ source, version }: History, revision: Revision): Promise<void> {
  const input = { revisionId: revision.id, baseVersion: version };
  await (source.kind === "STORY" ? request(RestoreStoryRevision, { input }) : request(RestoreVideoRevision, { input }));
}
