import {
  Ban,
  CalendarClock,
  CalendarX,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleQuestionMark,
  CircleX,
  Eye,
  Gauge,
  Hourglass,
  KeyRound,
  ListStart,
  type LucideIcon,
  Pencil,
  RotateCw,
  SearchCheck,
  Send,
  Smartphone,
  TriangleAlert,
  Unplug,
  WifiOff,
} from "lucide-react";
import type { CSSProperties } from "react";
import { useTranslation } from "react-i18next";

const QUIET = "var(--mantine-color-dimmed)";
const token = (name: string) => `var(--fenfa-${name})`;

const LOOKS: Record<string, { icon: LucideIcon; colour: string }> = {
  scheduled: { icon: CalendarClock, colour: token("plan") },
  held: { icon: CirclePause, colour: token("hold") },
  ready: { icon: ListStart, colour: token("run") },
  working: { icon: Send, colour: token("run") },
  retry_wait: { icon: RotateCw, colour: token("hold") },
  waiting_channel: { icon: Hourglass, colour: token("run") },
  waiting_user: { icon: Smartphone, colour: token("ask") },
  uncertain: { icon: CircleQuestionMark, colour: token("ask") },
  reconciling: { icon: SearchCheck, colour: token("ask") },
  needs_review: { icon: Eye, colour: token("ask") },
  published: { icon: CircleCheck, colour: token("ok") },
  rejected: { icon: CircleX, colour: token("bad") },
  failed: { icon: TriangleAlert, colour: token("bad") },
  missed: { icon: CalendarX, colour: token("hold") },
  cancelled: { icon: Ban, colour: QUIET },
  draft: { icon: CircleDashed, colour: QUIET },
  changed: { icon: Pencil, colour: token("plan") },
  archived: { icon: Ban, colour: QUIET },
  active: { icon: CircleCheck, colour: token("ok") },
  paused: { icon: CirclePause, colour: token("hold") },
  needs_login: { icon: TriangleAlert, colour: token("bad") },
  ending: { icon: KeyRound, colour: token("hold") },
  tight: { icon: Gauge, colour: token("hold") },
  down: { icon: WifiOff, colour: token("bad") },
  suspended: { icon: Ban, colour: token("bad") },
  disconnected: { icon: Unplug, colour: QUIET },
};

/** A state is always icon, word and colour. */
export function StateChip({ state }: { state: string }) {
  const { t } = useTranslation();
  const key = state.toLowerCase();
  const look = LOOKS[key] ?? { icon: CircleQuestionMark, colour: token("ask") };
  const Icon = look.icon;
  return (
    <span className="chip state-chip" style={{ "--chip": look.colour } as CSSProperties}>
      <Icon size={14} aria-hidden />
      {t(`state.${key}`)}
    </span>
  );
}

/** How many are in a state: the icon and the number, the word for those who ask. */
export function StateCount({ state, count }: { state: string; count: number }) {
  const { t } = useTranslation();
  const word = t(`state.${state.toLowerCase()}`);
  const { icon: Icon, colour } = LOOKS[state.toLowerCase()] ?? { icon: CircleQuestionMark, colour: token("ask") };
  return (
    <span className="state-mark number" title={`${word}: ${String(count)}`}>
      <Icon size={12} color={colour} role="img" aria-label={word} /> {count}
    </span>
  );
}

/** States in little, before the name of what they are about; the words are there for those who ask. */
export function StateMarks({ states, of }: { states: string[]; of: string }) {
  const { t } = useTranslation();
  const wordOf = (state: string) => t(`state.${state.toLowerCase()}`);
  return (
    <span className="state-mark" title={`${of}: ${states.map(wordOf).join(", ")}`}>
      {states.map((state) => {
        const look = LOOKS[state.toLowerCase()] ?? { icon: CircleQuestionMark, colour: token("ask") };
        return <look.icon key={state} size={12} color={look.colour} role="img" aria-label={wordOf(state)} />;
      })}{" "}
      {of}
    </span>
  );
}
