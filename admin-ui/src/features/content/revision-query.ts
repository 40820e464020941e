import { queryOptions } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "@/lib/graphql";

import { StoryContentFields } from "./story-query";

const HistoryQuery = graphql(
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

const Restore = graphql(`
  mutation RestoreStoryRevision($input: RestoreRevisionInput!) {
    restoreStoryRevision(input: $input) {
      story {
        id
      }
    }
  }
`);

export type History = ResultOf<typeof HistoryQuery>;
export type Revision = History["storyRevisions"][number];

/** A story's saved states, newest first. */
export const historyOptions = (id: string) =>
  queryOptions({
    queryKey: ["stories", "history", id],
    queryFn: ({ signal }) => request(HistoryQuery, { id }, signal),
    staleTime: 0,
  });

/** Makes an old state the latest again; refused when somebody saved in between. */
export async function restore(story: History["story"], revision: Revision): Promise<void> {
  await request(Restore, { input: { revisionId: revision.id, baseVersion: story.version } });
}
