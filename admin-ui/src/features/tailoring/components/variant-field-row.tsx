import { Badge, Button, Code, Group, Select, TagsInput, Text, TextInput, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Counter } from "@/components/counter";
import { FindingText } from "@/components/finding-text";
import { Refused } from "@/components/states";
import type { Channel, ChannelField } from "@/lib/channels";
import { useMay } from "@/lib/session";
import { lengthOf, listed, localText, shown } from "@/lib/text";
import type { Finding, SourceRef, Variant, VariantField } from "@/lib/variant";

import { shownOf, valueOf } from "../field-value";
import { pictureFinder } from "../preview";
import { plainOf, readRichText } from "../rich-text";
import { useOverrides } from "../use-overrides";
import { SeverityIcon } from "./finding-list";
import { RichText } from "./rich-text";

interface VariantFieldRowProps {
  source: SourceRef;
  variant: Variant;
  field: ChannelField;
  value: VariantField;
  /** The lanes that the content can go by. */
  lanes: Channel["lanes"];
  findings: Finding[];
  /** What is being typed in place of the value; nothing when it is left as it is. */
  typed: string | undefined;
  onType: (text: string | undefined) => void;
}

/** Which lanes send the field; nothing is said where all of them do. */
function useLanesWith(field: ChannelField, lanes: Channel["lanes"]): string {
  const { t } = useTranslation();
  const [without, ...more] = lanes.filter(({ id }) => !field.lanes.includes(id));
  if (without === undefined) return "";
  if (more.length === 0 && lanes.length > 2) return t("tailoring.all_but", { lane: localText(without.name) });
  return listed(lanes.filter(({ id }) => field.lanes.includes(id)).map(({ name }) => localText(name)));
}

/** One field: its value, where it comes from, its length as the channel counts, and the way back to the derived one. */
export function VariantFieldRow({ source, variant, field, value, lanes, findings, typed: text, onType }: VariantFieldRowProps) {
  const { t } = useTranslation();
  const mayWrite = useMay("WRITE_CONTENT") && field.editable;
  const before = shown(value.value);
  const typed = text ?? before;
  const { set, clear, error, isPending } = useOverrides(source, variant);
  const isChanged = typed !== before;
  const told = [useLanesWith(field, lanes), field.required ? t("tailoring.required") : ""];
  return (
    <section className="card pad variant-field" aria-label={localText(field.label)}>
      <Group justify="space-between" align="flex-start" mb={4} wrap="nowrap">
        <Group gap="0 8px">
          <Text fw={600} component="label" htmlFor={`field-${field.name}`}>
            {localText(field.label)}
          </Text>
          <Origin value={value} />
          <Text size="xs" c="dimmed">
            {told.filter(Boolean).join(" · ")}
          </Text>
        </Group>
        {field.limit !== null && (
          <Counter length={lengthOf(typed, field.limit.unit)} min={field.required ? field.limit.min : 0} max={field.limit.max} unit={field.limit.unit} />
        )}
      </Group>
      {mayWrite ? <Input field={field} typed={typed} onChange={onType} /> : <ReadOnlyValue field={field} value={value.value} variant={variant} />}
      {findings.map((finding) => (
        <Group key={`${finding.code}${finding.reason}`} gap={8} mt={8} wrap="nowrap" align="flex-start">
          <SeverityIcon severity={finding.severity} />
          <Text size="sm">
            <FindingText finding={finding} />
          </Text>
        </Group>
      ))}
      {error !== null && (
        <Text role="alert" c="var(--fenfa-bad)" mt={8}>
          <Refused error={error} />
        </Text>
      )}
      {mayWrite && value.isOverridden && !isChanged && (
        <Group mt={8} gap={8} align="flex-start">
          <Text size="sm" c="dimmed" style={{ flex: 1 }}>
            {t("tailoring.derived_value")} {shownOf(field, value.derived)}
          </Text>
          <Button size="xs" variant="default" loading={isPending} onClick={() => { clear(field.name); }}>
            {t("tailoring.revert")}
          </Button>
        </Group>
      )}
      {isChanged && (
        <Group mt={8} gap={8} justify="flex-end">
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              onType(undefined);
            }}
          >
            {t("tailoring.cancel")}
          </Button>
          <Button size="xs" loading={isPending} onClick={() => { set(field.name, valueOf(field.kind, typed), () => { onType(undefined); }); }}>
            {t("tailoring.keep")}
          </Button>
        </Group>
      )}
    </section>
  );
}

function Origin({ value }: { value: VariantField }) {
  const { t } = useTranslation();
  const [key, colour] = !value.isOverridden
    ? (["derived", "var(--mantine-color-dimmed)"] as const)
    : value.sourceChanged
      ? (["source_changed", "var(--fenfa-hold)"] as const)
      : (["overridden", "var(--fenfa-plan)"] as const);
  return (
    <Badge variant="outline" radius="sm" className="chip" style={{ "--chip": colour }}>
      {t(`tailoring.${key}`)}
    </Badge>
  );
}

function Input({ field, typed, onChange }: { field: ChannelField; typed: string; onChange: (typed: string) => void }) {
  const id = `field-${field.name}`;
  switch (field.kind) {
    case "LONG_TEXT":
      return <Textarea id={id} value={typed} onChange={(event) => { onChange(event.currentTarget.value); }} autosize minRows={2} maxRows={12} />;
    case "TEXT_LIST":
      return (
        <TagsInput
          id={id}
          value={typed.split("\n").filter((line) => line !== "")}
          onChange={(items) => {
            onChange(items.join("\n"));
          }}
          comboboxProps={{ withinPortal: false }}
        />
      );
    case "CHOICE":
      return (
        <Select
          id={id}
          data={field.options.map((option) => ({ value: option.value, label: localText(option.label) }))}
          value={typed}
          onChange={(choice) => {
            onChange(choice ?? typed);
          }}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
        />
      );
    default:
      return <TextInput id={id} value={typed} onChange={(event) => { onChange(event.currentTarget.value); }} />;
  }
}

function ReadOnlyValue({ field, value, variant }: { field: ChannelField; value: unknown; variant: Variant }) {
  const { t } = useTranslation();
  const text = shownOf(field, value);
  if (text === "") return <Text c="dimmed">{t("tailoring.nothing")}</Text>;
  if (field.kind === "RICH_TEXT") {
    const count = lengthOf(plainOf(readRichText(text)).replace(/\s/g, ""), "CHARACTERS");
    return (
      <>
        <Text size="sm" c="dimmed" mb={8}>
          {t("tailoring.rich_told", { count })}
        </Text>
        {/* It scrolls, so it must be reached without a mouse. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <div className="rich-box" tabIndex={0} role="group" aria-label={localText(field.label)} id={`field-${field.name}`}>
          <RichText html={text} pictureOf={pictureFinder(variant)} />
        </div>
      </>
    );
  }
  return typeof value === "object" ? (
    <details className="evidence">
      <summary>{t("tailoring.show_data")}</summary>
      <Code block>{text}</Code>
    </details>
  ) : (
    <Text className="side-text">{text}</Text>
  );
}
