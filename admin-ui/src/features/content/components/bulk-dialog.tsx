import { Button, Group, Progress, Text } from "@mantine/core";
import { CircleCheck, CircleDashed, CircleX } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";
import { Refused } from "@/components/states";

import { type BulkAction, type BulkStory, type Result, useBulk } from "../bulk";

interface BulkDialogProps {
  action: BulkAction;
  stories: BulkStory[];
  /** Gets the stories with which it was done. */
  onClose: (done: Set<string>) => void;
}

/** Asks once, goes on one by one, and says of each story what became of it. */
export function BulkDialog({ action, stories, onClose }: BulkDialogProps) {
  const { t } = useTranslation();
  const { results, isRunning, isOver, start, stop } = useBulk(action, stories);
  const done = stories.filter(({ id }) => results.get(id) === "done");
  const isDone = done.length === stories.length;
  const tried = results.size;
  const close = () => {
    stop();
    onClose(new Set(done.map(({ id }) => id)));
  };
  return (
    <Dialog title={t(`bulk.${action}`, { count: stories.length })} isOpen onClose={close} size={640}>
      <Text>{t(`bulk.${action}_asks`)}</Text>
      {(isRunning || isOver) && (
        <>
          <Progress value={(100 * tried) / stories.length} aria-label={t("bulk.progress")} />
          <Text role="status">{t("bulk.so_far", { done: done.length, failed: tried - done.length, of: stories.length })}</Text>
        </>
      )}
      <ul className="lines card bulk-lines">
        {stories.map((story) => (
          <li key={story.id} className="line">
            <StoryResult result={results.get(story.id)} />
            <div className="line-text">
              <Text fw={600}>{story.title}</Text>
              <Reason result={results.get(story.id)} />
            </div>
          </li>
        ))}
      </ul>
      <Group justify="flex-end">
        {isRunning && (
          <Button variant="default" onClick={stop}>
            {t("bulk.stop")}
          </Button>
        )}
        {!isRunning && (
          <Button variant={isDone ? "filled" : "default"} onClick={close}>
            {t(isOver ? "dialog.close" : "dialog.back")}
          </Button>
        )}
        {!isDone && (
          <Button loading={isRunning} onClick={start}>
            {isOver ? t("bulk.again", { count: stories.length - done.length }) : t(`bulk.${action}`, { count: stories.length })}
          </Button>
        )}
      </Group>
    </Dialog>
  );
}

function StoryResult({ result }: { result: Result | undefined }) {
  const { t } = useTranslation();
  if (result === undefined) return <CircleDashed size={16} color="var(--mantine-color-dimmed)" role="img" aria-label={t("bulk.waits")} />;
  if (result === "done") return <CircleCheck size={16} color="var(--fenfa-ok)" role="img" aria-label={t("bulk.done")} />;
  return <CircleX size={16} color="var(--fenfa-bad)" role="img" aria-label={t("bulk.failed")} />;
}

function Reason({ result }: { result: Result | undefined }) {
  if (!(result instanceof Error)) return null;
  return (
    <Text size="sm" c="var(--fenfa-bad)">
      <Refused error={result} />
    </Text>
  );
}
