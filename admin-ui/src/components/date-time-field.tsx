import "@mantine/dates/styles.css";
import "dayjs/locale/zh-cn";

import { DateTimePicker, DatesProvider } from "@mantine/dates";
import type { MouseEvent } from "react";
import { useTranslation } from "react-i18next";

import { currentLanguage } from "@/lib/i18n";

/** Escape closes the picker and leaves the dialog around it open. */
const KEEPS_DIALOG = { "data-mantine-stop-propagation": true };

/** A click between the days leaves the focus in the picker, so that Escape is still the picker's and not the dialog's. */
function keepFocus(event: MouseEvent<HTMLElement>): void {
  const target = event.target as Element;
  if (target.closest("button, input") === null) event.preventDefault();
}

interface DateTimeFieldProps {
  label: string;
  description?: string;
  /** `2026-03-04T08:00`, as the clock on the wall shows it. */
  value: string | null;
  onChange: (wallTime: string | null) => void;
  error?: string | undefined;
}

const dayName = (day: string) =>
  new Intl.DateTimeFormat(currentLanguage() === "en" ? "en-GB" : "zh-Hans-CN", { dateStyle: "long", timeZone: "UTC" }).format(new Date(day));

/** A day and a time of the wall clock; the zone stands beside it, never the browser's own. */
export function DateTimeField({ label, description, value, onChange, error }: DateTimeFieldProps) {
  const { t } = useTranslation();
  const isChinese = currentLanguage() === "zh-Hans";
  return (
    <DatesProvider settings={{ locale: isChinese ? "zh-cn" : "en", firstDayOfWeek: 1 }}>
      <div role="presentation" onMouseDown={keepFocus}>
        <DateTimePicker
          label={label}
          description={description}
          value={value === null ? null : value.replace("T", " ")}
          onChange={(picked) => {
            onChange(picked === null ? null : picked.slice(0, 16).replace(" ", "T"));
          }}
          error={error}
          valueFormat={isChinese ? "YYYY年M月D日 ddd HH:mm" : "ddd D MMM YYYY HH:mm"}
          monthLabelFormat={isChinese ? "YYYY年M月" : "MMMM YYYY"}
          yearLabelFormat={isChinese ? "YYYY年" : "YYYY"}
          getDayProps={(day) => ({ "aria-label": dayName(day) })}
          hideOutsideDates
          clearable={false}
          popoverProps={{ withRoles: false, withinPortal: false }}
          submitButtonProps={{ "aria-label": t("date.done") }}
          timePickerProps={{
            hoursInputLabel: t("date.hours"),
            minutesInputLabel: t("date.minutes"),
            hoursInputProps: KEEPS_DIALOG,
            minutesInputProps: KEEPS_DIALOG,
          }}
          ariaLabels={{
            nextMonth: t("date.next_month"),
            previousMonth: t("date.previous_month"),
            nextYear: t("date.next_year"),
            previousYear: t("date.previous_year"),
            nextDecade: t("date.next_decade"),
            previousDecade: t("date.previous_decade"),
            monthLevelControl: t("date.choose_month"),
            yearLevelControl: t("date.choose_year"),
          }}
        />
      </div>
    </DatesProvider>
  );
}
