import type { ChannelField } from "@/lib/channels";

/** What was typed, as the API takes it. */
export function valueOf(kind: ChannelField["kind"], typed: string): unknown {
  if (kind !== "TEXT_LIST") return typed;
  return typed
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
