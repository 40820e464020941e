import { Button, Group, Image, Input } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { ImagePlus } from "lucide-react";
import { useTranslation } from "react-i18next";

import { AssetPicker } from "@/components/asset-picker";

import type { StoryDraft } from "../story-draft";

interface CoverFieldProps {
  cover: StoryDraft["cover"];
  onChange: (cover: StoryDraft["cover"]) => void;
  isReadOnly: boolean;
}

/** The picture that stands for a story. */
export function CoverField({ cover, onChange, isReadOnly }: CoverFieldProps) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <Input.Wrapper label={t("story.cover")} labelElement="div">
      {cover !== null && <Image src={cover.url} alt={cover.alt} className="tile" radius={4} />}
      {!isReadOnly && (
        <Group gap={8} mt={8}>
          <Button variant="default" size="xs" leftSection={<ImagePlus size={14} aria-hidden />} onClick={open}>
            {t(cover === null ? "story.choose_cover" : "story.change_cover")}
          </Button>
          {cover !== null && (
            <Button
              variant="subtle"
              size="xs"
              onClick={() => {
                onChange(null);
              }}
            >
              {t("story.no_cover")}
            </Button>
          )}
        </Group>
      )}
      <AssetPicker
        isOpen={isOpen}
        onClose={close}
        onPick={(asset) => {
          close();
          onChange(asset);
        }}
      />
    </Input.Wrapper>
  );
}
