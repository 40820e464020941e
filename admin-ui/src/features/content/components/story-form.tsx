import { Stack, TagsInput, Text, TextInput, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Counter } from "@/components/counter";

import type { StoryEditor } from "../use-story-editor";
import { BodyEditor } from "./body-editor";
import { CategoryField, TagsField } from "./term-fields";
import { CoverField } from "./cover-field";

const TITLE = 200;
const LEAD = 500;

/** The source of a story: what readers get before any channel changes it. */
export function StoryForm({ editor, isReadOnly }: { editor: StoryEditor; isReadOnly: boolean }) {
  const { t } = useTranslation();
  const { draft, change } = editor;
  const [outline, setOutline] = useState<HTMLElement | null>(null);
  return (
    <div className="write">
      <Stack gap={16} className="write-main">
        <TextInput
          label={t("story.title")}
          description={<Counter length={[...draft.title].length} max={TITLE} unit="CHARACTERS" />}
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={draft.title}
          onChange={(event) => {
            change({ title: event.currentTarget.value });
          }}
          error={draft.title.trim() === "" ? t("story.needs_title") : undefined}
          readOnly={isReadOnly}
          classNames={{ input: "title-input" }}
          required
        />
        <Textarea
          label={t("story.lead")}
          description={<Counter length={[...draft.lead].length} max={LEAD} unit="CHARACTERS" />}
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={draft.lead}
          onChange={(event) => {
            change({ lead: event.currentTarget.value });
          }}
          readOnly={isReadOnly}
          autosize
          minRows={2}
        />
        <div>
          <Text fw={600} mb={4}>
            {t("story.body")}
          </Text>
          <BodyEditor
            key={editor.round}
            initial={draft.body}
            onChange={(body) => {
              change({ body });
            }}
            isReadOnly={isReadOnly}
            outline={outline}
          />
        </div>
      </Stack>
      <Stack gap={16} className="write-side">
        <CoverField
          cover={draft.cover}
          onChange={(cover) => {
            change({ cover });
          }}
          isReadOnly={isReadOnly}
        />
        <CategoryField
          value={draft.category}
          onChange={(category) => {
            change({ category });
          }}
          isReadOnly={isReadOnly}
        />
        <TagsField
          value={draft.tags}
          onChange={(tags) => {
            change({ tags });
          }}
          isReadOnly={isReadOnly}
        />
        <TextInput
          label={t("story.byline")}
          value={draft.byline}
          onChange={(event) => {
            change({ byline: event.currentTarget.value });
          }}
          readOnly={isReadOnly}
        />
        <TextInput
          label={t("story.corePhrase")}
          description={t("story.core_help")}
          value={draft.corePhrase}
          onChange={(event) => {
            change({ corePhrase: event.currentTarget.value });
          }}
          readOnly={isReadOnly}
        />
        <div ref={setOutline} />
        {draft.products.length > 0 && <TagsInput label={t("story.products")} value={draft.products.map((one) => one.name)} readOnly />}
      </Stack>
    </div>
  );
}
