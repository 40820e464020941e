import type { ChannelField } from "@/lib/channels";
import { localText, shown } from "@/lib/text";

/** A value of a field as a person reads it: of a choice, its label. */
export function shownOf(field: ChannelField, value: unknown): string {
  const option = field.options.find((one) => one.value === value);
  return option === undefined ? shown(value) : localText(option.label);
}

/** What was typed, as the API takes it. */
export function valueOf(kind: ChannelField["kind"], typed: string): unknown {
  if (kind !== "TEXT_LIST") return typed;
  return typed
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
