import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";

dayjs.extend(utc);
dayjs.extend(timezone);

/** The instant at which the clock on a zone's wall shows a time. */
export function instantOf(wallTime: string, zone: string): Date {
  return dayjs.tz(wallTime, zone).toDate();
}

/** The zone in which the person sits. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Whether the clocks of two zones show the same at an instant. */
export function isSameClock(at: Date, a: string, b: string): boolean {
  return dayjs(at).tz(a).utcOffset() === dayjs(at).tz(b).utcOffset();
}
