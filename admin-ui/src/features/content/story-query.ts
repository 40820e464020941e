import { queryOptions } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "@/lib/graphql";

export const StoryContentFields = graphql(`
  fragment StoryContentFields on StoryContent @_unmask {
    kind
    title
    lead
    body
    cover {
      id
      name
      alt
      url(size: CARD)
    }
    gallery {
      id
    }
    byline
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
    videoIds
    corePhrase
    locale
    custom
  }
`);

const StoryFields = graphql(
  `
    fragment StoryFields on Story @_unmask {
      id
      slug
      state
      version
      title
      updatedAt
      publishedAt
      content {
        ...StoryContentFields
      }
    }
  `,
  [StoryContentFields],
);

const StoryQuery = graphql(
  `
    query Story($id: ID!, $mayWrite: Boolean!) {
      story(id: $id) {
        ...StoryFields
      }
      storyAutosave(id: $id) @include(if: $mayWrite) {
        savedAt
        content {
          ...StoryContentFields
        }
      }
    }
  `,
  [StoryFields, StoryContentFields],
);

export const CreateStory = graphql(`
  mutation CreateStory($input: CreateStoryInput!) {
    createStory(input: $input) {
      story {
        id
      }
    }
  }
`);

export const UpdateStory = graphql(
  `
    mutation UpdateStory($input: UpdateStoryInput!) {
      updateStory(input: $input) {
        story {
          ...StoryFields
        }
      }
    }
  `,
  [StoryFields],
);

export const AutosaveStory = graphql(`
  mutation AutosaveStory($input: AutosaveStoryInput!) {
    autosaveStory(input: $input) {
      autosave {
        savedAt
      }
    }
  }
`);

export const DiscardAutosave = graphql(`
  mutation DiscardStoryAutosave($input: StoryIdInput!) {
    discardStoryAutosave(input: $input) {
      story {
        id
      }
    }
  }
`);

export const PublishStory = graphql(
  `
    mutation PublishStory($input: StoryIdInput!) {
      publishStory(input: $input) {
        story {
          ...StoryFields
        }
      }
    }
  `,
  [StoryFields],
);

export const UnpublishStory = graphql(
  `
    mutation UnpublishStory($input: StoryIdInput!) {
      unpublishStory(input: $input) {
        story {
          ...StoryFields
        }
      }
    }
  `,
  [StoryFields],
);

export const ArchiveStory = graphql(
  `
    mutation ArchiveStory($input: StoryIdInput!) {
      archiveStory(input: $input) {
        story {
          ...StoryFields
        }
      }
    }
  `,
  [StoryFields],
);

export const RestoreStory = graphql(
  `
    mutation RestoreStory($input: StoryIdInput!) {
      restoreStory(input: $input) {
        story {
          ...StoryFields
        }
      }
    }
  `,
  [StoryFields],
);

export type LoadedStory = ResultOf<typeof StoryQuery>;
export type Story = LoadedStory["story"];
export type StoryContent = Story["content"];

/** One story with what was being typed into it, for those who write. While it is open, its page holds what is typed. */
export const storyOptions = (id: string, mayWrite: boolean) =>
  queryOptions({
    queryKey: ["stories", "one", id],
    queryFn: ({ signal }) => request(StoryQuery, { id, mayWrite }, signal),
    refetchOnWindowFocus: false,
    staleTime: 0,
    gcTime: 0,
  });
