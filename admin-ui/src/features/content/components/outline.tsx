import { NavLink, Stack, Text } from "@mantine/core";
import { type Editor, useEditorState } from "@tiptap/react";
import { useDeferredValue } from "react";
import { useTranslation } from "react-i18next";

import { grouped } from "@/lib/text";

import { countWords, headingsOf } from "../outline";

/** The headings of a text, each a way to its place, and how long the text is. It may lag behind fast fingers. */
export function Outline({ editor }: { editor: Editor }) {
  const { t } = useTranslation();
  const doc = useDeferredValue(useEditorState({ editor, selector: ({ editor: now }) => now.state.doc, equalityFn: (a, b) => a === b }));
  const headings = headingsOf(doc);
  const words = countWords(doc);
  return (
    <section aria-label={t("body.outline")}>
      <Text fw={600}>{t("body.outline")}</Text>
      <Text size="xs" c="dimmed" className="number" mb={4}>
        {t("body.words", { count: words, shown: grouped(words) })}
      </Text>
      <Stack gap={0} component="nav" aria-label={t("body.outline")}>
        {headings.map(({ pos, level, text }) => (
          <NavLink
            key={pos}
            component="button"
            type="button"
            py={4}
            pl={8 + (level - 2) * 16}
            label={text === "" ? t("body.no_heading") : text}
            onClick={() => {
              editor
                .chain()
                .focus(pos + 1)
                .scrollIntoView()
                .run();
            }}
          />
        ))}
      </Stack>
    </section>
  );
}
