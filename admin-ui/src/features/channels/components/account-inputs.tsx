import { PasswordInput, Select, TextInput, Textarea } from "@mantine/core";
import type { ChangeEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Refused } from "@/components/states";
import { ApiError } from "@/lib/graphql";
import { localText } from "@/lib/text";

import type { AccountField, Values } from "../query";

interface AccountInputsProps {
  fields: AccountField[];
  values: Values;
  onChange: (values: Values) => void;
  error: unknown;
  /** Nothing need be given: what is empty stays as it is. */
  keeps?: boolean;
}

/** The inputs that the channel declares: label, where to find it, and what the server said of it. */
export function AccountInputs({ fields, values, onChange, error, keeps = false }: AccountInputsProps) {
  const { t } = useTranslation();
  return fields.map((field) => {
    const change = (value: string) => {
      onChange({ ...values, [field.name]: value });
    };
    const input = {
      label: localText(field.label),
      description: localText(field.help),
      required: field.required && !keeps,
      value: values[field.name] ?? "",
      onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => {
        change(event.currentTarget.value);
      },
      error: isAbout(error, pathOf(field)) && <Refused error={error} />,
      autoComplete: field.secret ? "new-password" : "off",
      spellCheck: false,
      ...(keeps && { placeholder: t("account.stays") }),
    };
    if (field.secret) {
      const reveal = { "aria-label": t("account.reveal"), tabIndex: 0 };
      return <PasswordInput key={field.name} {...input} visibilityToggleButtonProps={reveal} />;
    }
    if (field.options.length > 0) {
      const options = field.options.map(({ value, label }) => ({ value, label: localText(label) }));
      return (
        <Select
          key={field.name}
          {...input}
          data={options}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
          onChange={(value) => {
            change(value ?? "");
          }}
        />
      );
    }
    if (field.multiline) return <Textarea key={field.name} {...input} autosize minRows={2} maxRows={8} />;
    return <TextInput key={field.name} {...input} />;
  });
}

const NAME = "input.name";

function pathOf(field: AccountField): string {
  return `input.${field.secret ? "credentials" : "settings"}.${field.name}`;
}

function isAbout(error: unknown, path: string): boolean {
  return error instanceof ApiError && error.field === path;
}

/** Whether what went wrong is said beside an input, so that no panel need repeat it. */
export function isSaidInPlace(error: unknown, fields: AccountField[]): boolean {
  return [NAME, ...fields.map(pathOf)].some((path) => isAbout(error, path));
}

/** What the server said of the name. */
export function nameComplaint(error: unknown): ReactNode {
  return isAbout(error, NAME) && <Refused error={error} />;
}

/** The values that are really given. */
export function given(fields: AccountField[], values: Values): Values {
  const pairs = fields.map((field) => [field.name, (values[field.name] ?? "").trim()] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== ""));
}
