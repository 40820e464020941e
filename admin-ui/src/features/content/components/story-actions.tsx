import { Button, Menu } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Archive, ArchiveRestore, EyeOff, MoreHorizontal } from "lucide-react";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";
import { request } from "@/lib/graphql";
import { useMay } from "@/lib/session";

import { ArchiveStory, PublishStory, RestoreStory, UnpublishStory } from "../story-query";
import type { StoryEditor } from "../use-story-editor";

/** What becomes of a story: saved, shown to readers, hidden, put away. */
export function useStoryActions(editor: StoryEditor) {
  const { story, adopt } = editor;
  const input = { id: story.id };
  const publish = useMutation({
    mutationFn: async () => {
      if (editor.isDirty) await editor.save();
      return (await request(PublishStory, { input })).publishStory.story;
    },
    onSuccess: adopt,
  });
  const unpublish = useMutation({
    mutationFn: async () => (await request(UnpublishStory, { input })).unpublishStory.story,
    onSuccess: adopt,
  });
  const archive = useMutation({
    mutationFn: async () => (await request(ArchiveStory, { input })).archiveStory.story,
    onSuccess: adopt,
  });
  const restore = useMutation({
    mutationFn: async () => (await request(RestoreStory, { input })).restoreStory.story,
    onSuccess: adopt,
  });
  const error = publish.error ?? unpublish.error ?? archive.error ?? restore.error;
  return { publish, unpublish, archive, restore, error: editor.theirs === null ? error : null };
}

type Actions = ReturnType<typeof useStoryActions>;

export function StoryButtons({ editor, actions }: { editor: StoryEditor; actions: Actions }) {
  const { t } = useTranslation();
  const mayWrite = useMay("WRITE_CONTENT");
  const mayPublish = useMay("PUBLISH");
  const { story, isDirty } = editor;
  if (story.state === "ARCHIVED") {
    return mayWrite ? (
      <Button
        leftSection={<ArchiveRestore size={16} aria-hidden />}
        loading={actions.restore.isPending}
        onClick={() => {
          actions.restore.mutate();
        }}
      >
        {t("story.restore")}
      </Button>
    ) : null;
  }
  const isUpToDate = story.state === "PUBLISHED" && !isDirty;
  return (
    <>
      {mayWrite && (
        <Button
          variant="default"
          disabled={!isDirty}
          loading={editor.isSaving}
          onClick={() => {
            editor.save().catch(() => undefined);
          }}
        >
          {t("story.save")}
        </Button>
      )}
      {mayPublish && !isUpToDate && (
        <Button
          variant="default"
          loading={actions.publish.isPending}
          onClick={() => {
            actions.publish.mutate();
          }}
        >
          {t(story.state === "DRAFT" ? "story.publish" : "story.publish_changes")}
        </Button>
      )}
      {mayPublish && (
        <Menu position="bottom-end" withinPortal={false}>
          <Menu.Target>
            <Button variant="default" px={8} aria-label={t("story.more")}>
              <MoreHorizontal size={16} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {story.state !== "DRAFT" && (
              <Menu.Item
                leftSection={<EyeOff size={16} aria-hidden />}
                onClick={() => {
                  actions.unpublish.mutate();
                }}
              >
                {t("story.unpublish")}
              </Menu.Item>
            )}
            <Menu.Item
              leftSection={<Archive size={16} aria-hidden />}
              onClick={() => {
                actions.archive.mutate();
              }}
            >
              {t("story.archive")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}

export function ActionError({ error }: { error: Error | null }) {
  return error === null ? null : <ErrorPanel error={error} />;
}
