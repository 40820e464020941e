import i18next from "i18next";

import { currentLanguage } from "./i18n";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A future instant, always absolute with weekday: 11月18日 周三 10:00, in the given zone. */
export function dueTime(instant: string, zone: string): string {
  return format(instant, zone, { month: "short", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit" });
}

/** With seconds and zone, for hover, focus and evidence. */
export function exactTime(instant: string, zone: string): string {
  return format(instant, zone, { dateStyle: "long", timeStyle: "long" });
}

/** A past instant: relative under seven days, then the date. */
export function pastTime(instant: string, zone: string, now: number = Date.now()): string {
  const age = now - Date.parse(instant);
  if (age < MINUTE) return i18next.t("date.just_now");
  const relative = new Intl.RelativeTimeFormat(currentLanguage(), { numeric: "auto" });
  if (age < 60 * MINUTE) return relative.format(-Math.floor(age / MINUTE), "minute");
  if (age < DAY) return relative.format(-Math.floor(age / (60 * MINUTE)), "hour");
  if (age < 7 * DAY) return relative.format(-Math.floor(age / DAY), "day");
  return format(instant, zone, { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
}

function format(instant: string, zone: string, options: Intl.DateTimeFormatOptions): string {
  const language = currentLanguage() === "en" ? "en-GB" : "zh-Hans-CN";
  return formatter(language, { ...options, timeZone: zone, hourCycle: "h23" }).format(new Date(instant));
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** To make one takes as long as to format a hundred instants with it. */
function formatter(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([language, options]);
  const kept = formatters.get(key) ?? new Intl.DateTimeFormat(language, options);
  formatters.set(key, kept);
  return kept;
}

/** A length of time as a player shows it: 1:05. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A clock time to the second with its day, for evidence. */
export function clockTime(instant: string, zone: string): string {
  return format(instant, zone, { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** The time of day: 10:42. */
export function hourMinute(instant: string, zone: string): string {
  return format(instant, zone, { hour: "2-digit", minute: "2-digit" });
}

/** A day of the wall with its weekday: 周三 18日. */
export function weekday(day: string): string {
  return format(`${day}T12:00:00Z`, "UTC", { weekday: "short", day: "numeric" });
}

/** So many minutes from now, as the clock on a zone's wall shows it: `2026-03-04T08:00`. */
export function wallTimeAfter(minutes: number, zone: string): string {
  return wallTimeOf(new Date(Date.now() + minutes * MINUTE).toISOString(), zone);
}

/** An instant as the clock on a zone's wall shows it: `2026-03-04T08:00`. */
export function wallTimeOf(instant: string, zone: string): string {
  const parts = formatter("sv-SE", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  return parts.format(new Date(instant)).replace(" ", "T");
}
