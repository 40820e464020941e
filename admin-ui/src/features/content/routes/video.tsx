import { Anchor, Group, Stack, Tabs, Text } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link, getRouteApi, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { SourceTabs } from "@/components/source-tabs";
import { StateChip } from "@/components/state-chip";
import { ErrorPanel, ListSkeleton } from "@/components/states";
import { duration } from "@/lib/dates";
import { type ResultOf, graphql, request } from "@/lib/graphql";
import { useMay } from "@/lib/session";

import type { Slots } from "../slots";

const VideoQuery = graphql(`
  query Video($id: ID!) {
    video(id: $id) {
      id
      title
      state
      content {
        caption
        tags {
          id
          name
        }
        file {
          url
          width
          height
          video {
            container
            videoCodec
            audioCodec
            durationMs
          }
        }
        poster {
          url(size: FEED)
        }
      }
    }
  }
`);

type Video = ResultOf<typeof VideoQuery>["video"];

const videoOptions = (id: string) =>
  queryOptions({
    queryKey: ["videos", "one", id],
    queryFn: async ({ signal }) => (await request(VideoQuery, { id }, signal)).video,
  });

const route = getRouteApi("/shell/videos/$id");

/** One video: the file, what each channel makes of it, and where it goes. */
export function VideoPage({ slots }: { slots: Slots }) {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const query = useQuery(videoOptions(id));
  if (query.data !== undefined) return <Shown video={query.data} slots={slots} />;
  return (
    <Page title={t("nav.videos")} back={{ to: "/videos", label: t("nav.videos") }}>
      {query.error === null ? <ListSkeleton /> : <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
    </Page>
  );
}

function Shown({ video, slots: { ChannelTab, ScheduleButton, PauseSourceButton, SourcePaused } }: { video: Video; slots: Slots }) {
  const { t } = useTranslation();
  const { tab = "source" } = route.useSearch();
  const navigate = useNavigate();
  const maySchedule = useMay("SCHEDULE");
  const source = { kind: "VIDEO", id: video.id } as const;
  return (
    <Page
      title={video.title}
      mark={<StateChip state={video.state} />}
      back={{ to: "/videos", label: t("nav.videos") }}
      lead={
        <Anchor component={Link} to={`/videos/${video.id}/history`} size="sm">
          {t("history.open")}
        </Anchor>
      }
      actions={
        maySchedule &&
        video.state !== "ARCHIVED" && (
          <>
            <PauseSourceButton source={source} title={video.title} />
            <ScheduleButton source={source} title={video.title} isPublished={video.state !== "DRAFT"} isDisabled={false} />
          </>
        )
      }
      width={1280}
    >
      <SourcePaused source={source} />
      <SourceTabs
        source={source}
        tab={tab}
        onChange={(next) => {
          const search = next === "source" ? {} : { tab: next };
          void navigate({ to: "/videos/$id", params: { id: video.id }, search, replace: true });
        }}
      >
        <Tabs.Panel value={tab} pt={16}>
          {tab === "source" ? <Source video={video} /> : <ChannelTab source={source} channel={tab} />}
        </Tabs.Panel>
      </SourceTabs>
    </Page>
  );
}

function Source({ video: { title, content } }: { video: Video }) {
  const { t } = useTranslation();
  const { file } = content;
  return (
    <Group align="flex-start" gap={24}>
      {file !== null && (
        // The words of these videos stand beside them, in the caption.
        // eslint-disable-next-line jsx-a11y/media-has-caption
        <video src={file.url} poster={content.poster?.url} controls preload="metadata" className="player" style={shapeOf(file)} aria-label={title} />
      )}
      <Stack gap={8} maw={560}>
        <Text className="reading">{content.caption}</Text>
        <Text c="var(--fenfa-run)">{content.tags.map((tag) => `#${tag.name}`).join(" ")}</Text>
        {file?.video != null && (
          <Text size="sm" c="dimmed" className="number">
            {t("video.length")}: {duration(Number(file.video.durationMs))} · {file.width} × {file.height} ·{" "}
            {[file.video.container, file.video.videoCodec, file.video.audioCodec].filter((part) => part !== "").join(" / ")}
          </Text>
        )}
      </Stack>
    </Group>
  );
}

/** Keeps its place while the picture is still on its way. */
function shapeOf({ width, height }: { width: number; height: number }) {
  return width > 0 && height > 0 ? { aspectRatio: `${String(width)} / ${String(height)}` } : {};
}
