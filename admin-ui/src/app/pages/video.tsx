import { VideoPage } from "@/features/content/routes/video";
import { ScheduleButton } from "@/features/delivery/components/schedule-button";
import { PauseSourceButton, SourcePaused } from "@/features/delivery/components/source-pause";
import { ChannelTab } from "@/features/tailoring/components/channel-tab";

const SLOTS = { ChannelTab, ScheduleButton, PauseSourceButton, SourcePaused };

/** The page of a video, put together from the features that it shows. */
export function Video() {
  return <VideoPage slots={SLOTS} />;
}
