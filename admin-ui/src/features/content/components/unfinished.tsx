import { Alert, Button, Group } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Refused } from "@/components/states";
import { Time } from "@/components/time";
import { request } from "@/lib/graphql";
import { viewerOptions } from "@/lib/session";

import { forgetLocally, localDraft } from "../local-draft";
import { type StoryDraft, differences, draftOf } from "../story-draft";
import { DiscardAutosave, type LoadedStory } from "../story-query";
import type { StoryEditor } from "../use-story-editor";

interface UnfinishedProps {
  editor: StoryEditor;
  autosave: NonNullable<LoadedStory["storyAutosave"]> | null;
}

/** What one was typing when one left: on the server, or in this browser where the server was not there. */
export function Unfinished({ editor, autosave }: UnfinishedProps) {
  const user = useQuery(viewerOptions).data?.user.id;
  if (user === undefined) return null;
  return <Offer key={user} user={user} editor={editor} autosave={autosave} />;
}

interface Left {
  draft: StoryDraft;
  at: string;
  isLocal: boolean;
}

/** The later of the two, unless it says what the story says already. */
function leftOf(user: string, { story }: StoryEditor, autosave: UnfinishedProps["autosave"]): Left | null {
  const local = localDraft(user, story.id);
  const kept = [
    ...(local === null ? [] : [{ draft: local.draft, at: local.typedAt, isLocal: true }]),
    ...(autosave === null ? [] : [{ draft: draftOf(autosave.content), at: autosave.savedAt, isLocal: false }]),
  ].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return kept.find(({ draft }) => differences(draft, draftOf(story.content)).length > 0) ?? null;
}

function Offer({ user, editor, autosave }: UnfinishedProps & { user: string }) {
  const { t } = useTranslation();
  const [left, setLeft] = useState(() => leftOf(user, editor, autosave));
  const discard = useMutation({
    mutationFn: async () => {
      if (autosave !== null) await request(DiscardAutosave, { input: { id: editor.story.id } });
    },
    onSuccess: () => {
      forgetLocally(user, editor.story.id);
      setLeft(null);
    },
  });
  if (left === null) return null;
  return (
    <Alert variant="outline" title={t(left.isLocal ? "story.unfinished_here" : "story.unfinished")}>
      <Group>
        <span>
          {t("story.unfinished_from")} <Time at={left.at} />
        </span>
        <Button
          size="xs"
          onClick={() => {
            editor.resume(left.draft);
            setLeft(null);
          }}
        >
          {t("story.resume")}
        </Button>
        <Button
          size="xs"
          variant="default"
          loading={discard.isPending}
          onClick={() => {
            discard.mutate();
          }}
        >
          {t("story.discard")}
        </Button>
        {discard.error !== null && <span role="alert"><Refused error={discard.error} /></span>}
      </Group>
    </Alert>
  );
}
