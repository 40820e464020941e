import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";

dayjs.extend(utc);
dayjs.extend(timezone);

/** Some walls have no zone but an offset: `+08:00`. */
const isOffset = (zone: string) => /^[+-]\d/.test(zone);

/** The instant at which the clock on a zone's wall shows a time. */
export function instantOf(wallTime: string, zone: string): Date {
  return isOffset(zone) ? new Date(`${wallTime}${zone}`) : dayjs.tz(wallTime, zone).toDate();
}

/** The zone in which the person sits. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Whether the clocks of two zones show the same at an instant. */
export function isSameClock(at: Date, a: string, b: string): boolean {
  return minutesAhead(at, a) === minutesAhead(at, b);
}

function minutesAhead(at: Date, zone: string): number {
  return isOffset(zone) ? dayjs(at).utcOffset(zone).utcOffset() : dayjs(at).tz(zone).utcOffset();
}

/** Whether a time on a zone's wall lies behind. */
export function hasPassed(wallTime: string, zone: string, now: number): boolean {
  return instantOf(wallTime, zone).getTime() <= now;
}

/** Every zone that this browser knows, the person's own first. */
export function everyZone(): string[] {
  return [...new Set([ownZone(), "Asia/Shanghai", ...Intl.supportedValuesOf("timeZone")])];
}
