import { Badge, Group, NavLink, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Time } from "@/components/time";
import { useNames } from "@/lib/people";

import type { History } from "../revision-query";

/** The saved states of a story: which, when, and by whom. */
export function RevisionList({ history: { story, storyRevisions }, chosen }: { history: History; chosen: string }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  return (
    <nav aria-label={t("history.list")} className="card revisions">
      {storyRevisions.map((revision) => (
        <NavLink
          key={revision.id}
          component={Link}
          to={`/stories/${story.id}/history?revision=${revision.id}`}
          active={revision.id === chosen}
          aria-current={revision.id === chosen ? "true" : undefined}
          label={
            <Group gap={8}>
              <Text fw={600}>{t("history.revision", { number: revision.number })}</Text>
              {revision.id === story.revisionId && <Mark word={t("history.latest")} />}
              {revision.id === story.publishedRevisionId && <Mark word={t("history.published")} />}
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
