import { Stack, Text, Title } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Revision } from "../revision";
import { changes } from "../revision-diff";

/** What lies between two states: what went is struck out, what came is underlined. */
export function RevisionChanges({ before, after }: { before: Revision; after: Revision }) {
  const { t } = useTranslation();
  const found = useMemo(() => changes(before.fields, after.fields), [before, after]);
  if (found.length === 0) return <Text c="dimmed">{t("history.same")}</Text>;
  return (
    <Stack gap={24}>
      {found.map(({ label, stretches }) => (
        <section key={label}>
          <Title order={2} size="h3">{t(label)}</Title>
          {stretches.length === 0 && <Text c="dimmed">{t("history.only_form")}</Text>}
          <div className="diff">
            {stretches.map(({ text, kind }, place) => {
              if (kind === "added") return <ins key={place}>{text}</ins>;
              if (kind === "removed") return <del key={place}>{text}</del>;
              return <Unchanged key={place} text={text} isFirst={place === 0} isLast={place === stretches.length - 1} />;
            })}
          </div>
        </section>
      ))}
    </Stack>
  );
}

const AROUND = 100;

/** What stayed; of a long stretch only what stands next to a change, the rest on demand. */
function Unchanged({ text, isFirst, isLast }: { text: string; isFirst: boolean; isLast: boolean }) {
  const { t } = useTranslation();
  const letters = [...text];
  const head = isFirst ? 0 : AROUND;
  const tail = letters.length - (isLast ? 0 : AROUND);
  if (tail - head < 2 * AROUND) return <span>{text}</span>;
  return (
    <>
      {letters.slice(0, head).join("")}
      <details className="unchanged">
        <summary>{t("history.unchanged", { count: tail - head })}</summary>
        {letters.slice(head, tail).join("")}
      </details>
      {letters.slice(tail).join("")}
    </>
  );
}
