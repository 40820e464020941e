import { Anchor, Group, Tabs } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link, getRouteApi, useBlocker, useNavigate } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { SourceTabs } from "@/components/source-tabs";
import { StateChip } from "@/components/state-chip";
import { ErrorPanel, ListSkeleton } from "@/components/states";
import { Time } from "@/components/time";
import { useMay } from "@/lib/session";

import { ConflictDialog } from "../components/conflict-dialog";
import { Others } from "../components/others";
import { SaveState } from "../components/save-state";
import { ActionError, StoryButtons, useStoryActions } from "../components/story-actions";
import { StoryForm } from "../components/story-form";
import { Unfinished } from "../components/unfinished";
import type { Slots } from "../slots";
import { type LoadedStory, storyOptions } from "../story-query";
import { type StoryEditor, useStoryEditor } from "../use-story-editor";

const route = getRouteApi("/shell/stories/$id");

/** One story: its source, what each channel makes of it, and where it goes. */
export function StoryPage({ slots }: { slots: Slots }) {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const query = useQuery(storyOptions(id, useMay("WRITE_CONTENT")));
  if (query.data !== undefined) return <Shown key={id} loaded={query.data} slots={slots} />;
  return (
    <Page title={t("nav.stories")} back={{ to: "/stories", label: t("nav.stories") }}>
      {query.error === null ? <ListSkeleton /> : <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
    </Page>
  );
}

function Shown({ loaded, slots: { ChannelTab, ScheduleButton, PauseSourceButton, SourcePaused } }: { loaded: LoadedStory; slots: Slots }) {
  const { t } = useTranslation();
  const { tab = "source" } = route.useSearch();
  const navigate = useNavigate();
  const editor = useStoryEditor(loaded.story);
  const actions = useStoryActions(editor);
  const maySchedule = useMay("SCHEDULE");
  const isReadOnly = !useMay("WRITE_CONTENT") || editor.story.state === "ARCHIVED";
  const { story, isDirty } = editor;
  const source = { kind: "STORY", id: story.id } as const;
  useHotkeys([["mod+S", () => void (isDirty && editor.save().catch(() => undefined))]], [], true);
  useBlocker({
    shouldBlockFn: () => isDirty && editor.autosave.at === undefined && editor.autosave.localAt === null && !window.confirm(t("story.leave")),
    enableBeforeUnload: isDirty,
  });
  return (
    <Page
      title={story.title}
      mark={<StateChip state={story.state} />}
      back={{ to: "/stories", label: t("nav.stories") }}
      lead={<Whereabouts editor={editor} />}
      actions={
        <>
          <StoryButtons editor={editor} actions={actions} />
          {maySchedule && story.state !== "ARCHIVED" && (
            <>
              <PauseSourceButton source={source} title={story.title} />
              <ScheduleButton source={source} title={story.title} isPublished={story.state !== "DRAFT"} isDisabled={isDirty} />
            </>
          )}
        </>
      }
      width={1280}
    >
      <ActionError error={actions.error ?? editor.error} />
      <SourcePaused source={source} />
      {!isReadOnly && <Unfinished editor={editor} autosave={loaded.storyAutosave ?? null} />}
      <SourceTabs
        source={source}
        tab={tab}
        onChange={(next) => {
          const search = next === "source" ? {} : { tab: next };
          void navigate({ to: "/stories/$id", params: { id: story.id }, search, replace: true });
        }}
      >
        <Tabs.Panel value={tab} pt={16}>
          {tab === "source" ? (
            <StoryForm editor={editor} isReadOnly={isReadOnly} />
          ) : (
            <ChannelTab source={source} channel={tab} isTyped={isDirty} />
          )}
        </Tabs.Panel>
      </SourceTabs>
      {editor.theirs !== null && (
        <ConflictDialog base={story} theirs={editor.theirs} mine={editor.draft} onSettle={editor.settle} onClose={editor.putOff} />
      )}
    </Page>
  );
}

function Whereabouts({ editor }: { editor: StoryEditor }) {
  const { t } = useTranslation();
  const { story } = editor;
  return (
    <Group gap={16} component="span">
      <SaveState editor={editor} />
      <Others story={story.id} />
      <Anchor component={Link} to={`/stories/${story.id}/history`} size="sm">
        {t("history.open")}
      </Anchor>
      {story.publishedAt !== null && story.state !== "DRAFT" && (
        <Anchor href={`/s/${story.slug}`} target="_blank" rel="noreferrer" size="sm">
          {t("story.published_at")} <Time at={story.publishedAt} /> <ExternalLink size={12} aria-hidden />
        </Anchor>
      )}
    </Group>
  );
}
