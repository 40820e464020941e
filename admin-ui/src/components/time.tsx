import { Tooltip } from "@mantine/core";

import { dueTime, exactTime, pastTime } from "@/lib/dates";
import { useZone } from "@/lib/session";

/** An instant: what lies ahead absolute, what is past relative; exact on hover and focus. */
export function Time({ at, isDue = false }: { at: string; isDue?: boolean }) {
  const zone = useZone();
  return (
    <Tooltip label={exactTime(at, zone)} withinPortal={false} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at} className="number">
        {isDue ? dueTime(at, zone) : pastTime(at, zone)}
      </time>
    </Tooltip>
  );
}
