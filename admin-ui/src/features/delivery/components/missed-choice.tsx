import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { MissedRule } from "../slots";

const POLICIES = ["CATCH_UP", "ASK", "SKIP"] as const;

interface MissedChoiceProps {
  value: MissedRule | undefined;
  onChange: (rule: MissedRule) => void;
}

/** What becomes of it when its time passes while nobody can send it. */
export function MissedChoice({ value, onChange }: MissedChoiceProps) {
  const { t } = useTranslation();
  if (value === undefined) return null;
  return (
    <Select
      label={t("missed.label")}
      description={t("missed.help")}
      value={value.policy}
      data={POLICIES.map((policy) => ({ value: policy, label: t(`missed.${policy}`, { span: spanOf(value.windowMinutes, t) }) }))}
      allowDeselect={false}
      comboboxProps={{ withinPortal: false }}
      onChange={(policy) => {
        const chosen = POLICIES.find((one) => one === policy);
        if (chosen !== undefined) onChange({ ...value, policy: chosen });
      }}
    />
  );
}

function spanOf(minutes: number, t: ReturnType<typeof useTranslation>["t"]): string {
  return minutes % 60 === 0 ? t("missed.hours", { count: minutes / 60 }) : t("missed.minutes", { count: minutes });
}
