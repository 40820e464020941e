import type { ComponentType } from "react";

import type { SourceRef } from "@/lib/variant";

/** What other features put into the page of a story or video. */
export interface Slots {
  ChannelTab: ComponentType<{ source: SourceRef; channel: string; isTyped?: boolean }>;
  ScheduleButton: ComponentType<{ source: SourceRef; title: string; isPublished: boolean; isDisabled: boolean }>;
  PauseSourceButton: ComponentType<{ source: SourceRef; title: string }>;
  SourcePaused: ComponentType<{ source: SourceRef }>;
}
