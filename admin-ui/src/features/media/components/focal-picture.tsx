import { Group, NumberInput, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Asset, FocalPoint } from "../query";

interface FocalPictureProps {
  asset: Asset;
  value: FocalPoint;
  onChange: (point: FocalPoint) => void;
}

/** The picture with the point that crops keep: set by a click, or in numbers by those who use no mouse. */
export function FocalPicture({ asset, value, onChange }: FocalPictureProps) {
  const { t } = useTranslation();
  const percent = (share: number) => Math.round(share * 100);
  const axes = [
    ["x", "media.across"],
    ["y", "media.down"],
  ] as const;
  return (
    <Stack gap={12}>
      <button
        type="button"
        className="focal"
        tabIndex={-1}
        aria-label={t("media.focal_click")}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          onChange({ x: share(event.clientX - box.left, box.width), y: share(event.clientY - box.top, box.height) });
        }}
      >
        <img src={asset.url} alt={asset.alt} />
        <span className="focal-mark" style={{ left: `${String(percent(value.x))}%`, top: `${String(percent(value.y))}%` }} />
      </button>
      <Text size="sm" c="dimmed">
        {t("media.focal_help")}
      </Text>
      <Group gap={12}>
        {axes.map(([axis, label]) => (
          <NumberInput
            key={axis}
            w={150}
            label={t(label)}
            suffix="%"
            min={0}
            max={100}
            clampBehavior="strict"
            allowDecimal={false}
            hideControls
            value={percent(value[axis])}
            onChange={(typed) => {
              if (typeof typed === "number") onChange({ ...value, [axis]: typed / 100 });
            }}
          />
        ))}
      </Group>
    </Stack>
  );
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0.5 : Math.round(Math.min(1, Math.max(0, part / whole)) * 100) / 100;
}
