import { Stack, Text, Title } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { changes } from "../revision-diff";
import type { Revision } from "../revision-query";
import { draftOf } from "../story-draft";

/** What lies between two states: what went is struck out, what came is underlined. */
export function RevisionChanges({ before, after }: { before: Revision; after: Revision }) {
  const { t } = useTranslation();
  const found = useMemo(() => changes(draftOf(before.content), draftOf(after.content)), [before, after]);
  if (found.length === 0) return <Text c="dimmed">{t("history.same")}</Text>;
  return (
    <Stack gap={24}>
      {found.map(({ field, stretches }) => (
        <section key={field}>
          <Title order={2} size="h3">{t(`story.${field}`)}</Title>
          {stretches.length === 0 && <Text c="dimmed">{t("history.only_form")}</Text>}
          <div className="diff">
            {stretches.map(({ text, kind }, place) => {
              if (kind === "added") return <ins key={place}>{text}</ins>;
              if (kind === "removed") return <del key={place}>{text}</del>;
              return <span key={place}>{text}</span>;
            })}
          </div>
        </section>
      ))}
    </Stack>
  );
}
