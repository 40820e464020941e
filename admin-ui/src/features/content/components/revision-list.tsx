import { Badge, Group, NavLink, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Time } from "@/components/time";
import { useNames } from "@/lib/people";

import type { History } from "../revision";
import { pageOf } from "../source-page";

/** The saved states of a story or video: which, when, and by whom. */
export function RevisionList({ history, chosen }: { history: History; chosen: string }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  return (
    <nav aria-label={t("history.list")} className="card revisions">
      {history.revisions.map((revision) => (
        <NavLink
          key={revision.id}
          component={Link}
          to={`${pageOf(history.source)}/history?revision=${revision.id}`}
          active={revision.id === chosen}
          aria-current={revision.id === chosen ? "true" : undefined}
          label={
            <Group gap={8}>
              <Text fw={600}>{t("history.revision", { number: revision.number })}</Text>
              {revision.id === history.latest && <Mark word={t("history.latest")} />}
              {revision.id === history.published && <Mark word={t("history.published")} />}
            </Group>
          }
          description={
            <>
              {nameOf(revision.createdBy)} · <Time at={revision.createdAt} />
            </>
          }
        />
      ))}
    </nav>
  );
}

function Mark({ word }: { word: string }) {
  return (
    <Badge variant="outline" radius="sm" className="chip">
      {word}
    </Badge>
  );
}
