import { dueTime, exactTime, pastTime } from "@/lib/dates";
import { useZone } from "@/lib/session";

/** An instant: what lies ahead absolute, what is past relative; exact on hover. */
export function Time({ at, isDue = false }: { at: string; isDue?: boolean }) {
  const zone = useZone();
  return (
    <time dateTime={at} title={exactTime(at, zone)} className="number">
      {isDue ? dueTime(at, zone) : pastTime(at, zone)}
    </time>
  );
}
