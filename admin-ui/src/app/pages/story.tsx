import { StoryPage } from "@/features/content/routes/story";
import { ScheduleButton } from "@/features/delivery/components/schedule-button";
import { PauseSourceButton, SourcePaused } from "@/features/delivery/components/source-pause";
import { ChannelTab } from "@/features/tailoring/components/channel-tab";

const SLOTS = { ChannelTab, ScheduleButton, PauseSourceButton, SourcePaused };

/** The page of a story, put together from the features that it shows. */
export function Story() {
  return <StoryPage slots={SLOTS} />;
}
