import { Badge } from "@mantine/core";
import {
  Ban,
  CalendarClock,
  CalendarX,
  CircleCheck,
  CirclePause,
  CircleQuestionMark,
  CircleX,
  Eye,
  Hourglass,
  ListStart,
  type LucideIcon,
  RotateCw,
  SearchCheck,
  Send,
  Smartphone,
  TriangleAlert,
} from "lucide-react";
import { useTranslation } from "react-i18next";

/** A state is always icon, word and colour. */
const LOOKS: Record<string, { icon: LucideIcon; colour: string }> = {
  scheduled: { icon: CalendarClock, colour: "plan" },
  held: { icon: CirclePause, colour: "hold" },
  ready: { icon: ListStart, colour: "run" },
  working: { icon: Send, colour: "run" },
  retry_wait: { icon: RotateCw, colour: "hold" },
  waiting_channel: { icon: Hourglass, colour: "run" },
  waiting_user: { icon: Smartphone, colour: "ask" },
  uncertain: { icon: CircleQuestionMark, colour: "ask" },
  reconciling: { icon: SearchCheck, colour: "ask" },
  needs_review: { icon: Eye, colour: "ask" },
  published: { icon: CircleCheck, colour: "ok" },
  rejected: { icon: CircleX, colour: "bad" },
  failed: { icon: TriangleAlert, colour: "bad" },
  missed: { icon: CalendarX, colour: "hold" },
  cancelled: { icon: Ban, colour: "hold" },
  draft: { icon: CirclePause, colour: "hold" },
  changed: { icon: RotateCw, colour: "plan" },
  archived: { icon: Ban, colour: "hold" },
};

export function StateChip({ state }: { state: string }) {
  const { t } = useTranslation();
  const key = state.toLowerCase();
  const look = LOOKS[key] ?? { icon: CircleQuestionMark, colour: "ask" };
  const Icon = look.icon;
  const colour = `var(--fenfa-${look.colour})`;
  return (
    <Badge
      variant="outline"
      size="md"
      radius="sm"
      leftSection={<Icon size={12} aria-hidden />}
      styles={{ root: { color: colour, borderColor: colour, textTransform: "none", fontWeight: 600 } }}
    >
      {t(`state.${key}`)}
    </Badge>
  );
}
