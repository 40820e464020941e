import { Button, Group, Radio, SimpleGrid, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";

import { type Field, type StoryDraft, differences, draftOf, fieldText, merge } from "../story-draft";
import type { Story } from "../story-query";

interface ConflictDialogProps {
  base: Story;
  theirs: Story;
  mine: StoryDraft;
  onSettle: (merged: StoryDraft) => void;
  onClose: () => void;
}

/** Somebody else saved in between: both sides of each field, and a person chooses. Nothing is merged blindly. */
export function ConflictDialog({ base, theirs, mine, onSettle, onClose }: ConflictDialogProps) {
  const { t } = useTranslation();
  const theirDraft = draftOf(theirs.content);
  const ours = differences(mine, draftOf(base.content));
  const fields = differences(mine, theirDraft);
  // Where only one side changed something, that side is proposed.
  const changedByThem = differences(theirDraft, draftOf(base.content));
  const proposed = Object.fromEntries(
    fields.flatMap((field) => {
      const isMine = ours.includes(field);
      return isMine && changedByThem.includes(field) ? [] : [[field, isMine ? "mine" : "theirs"]];
    }),
  ) as Partial<Record<Field, "mine" | "theirs">>;
  const [choices, setChoices] = useState(proposed);
  const isDecided = fields.every((field) => choices[field] !== undefined);
  return (
    <Dialog title={t("conflict.title")} isOpen onClose={onClose} size={900}>
      <Text>{t("conflict.told")}</Text>
      {fields.map((field) => (
        <Radio.Group
          key={field}
          label={t(`story.${field}`)}
          value={choices[field] ?? null}
          onChange={(value) => {
            setChoices({ ...choices, [field]: value === "mine" ? "mine" : "theirs" });
          }}
        >
          <SimpleGrid cols={2} spacing={12} mt={4}>
            <Side value="mine" label={t("conflict.mine")} text={fieldText(mine, field)} />
            <Side value="theirs" label={t("conflict.theirs")} text={fieldText(theirDraft, field)} />
          </SimpleGrid>
        </Radio.Group>
      ))}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t("conflict.later")}
        </Button>
        <Button
          disabled={!isDecided}
          onClick={() => {
            onSettle(merge(theirDraft, mine, fields.filter((field) => choices[field] === "mine")));
          }}
        >
          {t("conflict.save")}
        </Button>
      </Group>
    </Dialog>
  );
}

function Side({ value, label, text }: { value: string; label: string; text: string }) {
  const { t } = useTranslation();
  return (
    <Stack gap={4} className="card side">
      <Radio value={value} label={label} />
      <Text className="side-text">{text === "" ? t("conflict.empty") : text}</Text>
    </Stack>
  );
}
