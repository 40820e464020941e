import { Button, Group, Progress, Text, Title, VisuallyHidden } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { type Item, queueOf } from "../upload-queue";
import { UploadProblem } from "./upload-problem";

/** Each file that is on its way into the library or came in just now. */
export function Uploads() {
  const { t } = useTranslation();
  const queue = queueOf(useQueryClient());
  const items = useSyncExternalStore(queue.subscribe, queue.items);
  if (items.length === 0) return null;
  const done = items.filter(({ state }) => state === "done").length;
  return (
    <section className="card" aria-label={t("upload.title")}>
      <Group justify="space-between" className="pad" mih={52}>
        <Title order={2}>{t("upload.title")}</Title>
        {done > 0 && (
          <Button
            variant="subtle"
            size="xs"
            onClick={() => {
              queue.clear();
            }}
          >
            {t("upload.clear")}
          </Button>
        )}
      </Group>
      <VisuallyHidden role="status">{t("upload.sum", { done, count: items.length })}</VisuallyHidden>
      <ul className="lines">
        {items.map((item) => (
          <UploadLine key={item.id} item={item} />
        ))}
      </ul>
    </section>
  );
}

function UploadLine({ item }: { item: Item }) {
  const { t } = useTranslation();
  const queue = queueOf(useQueryClient());
  const { id, file, state, asset } = item;
  const { name } = file;
  return (
    <li className="line">
      <div className="line-text">
        <Text truncate title={name}>
          {asset === undefined ? (
            name
          ) : (
            <Link to="/media/$id" params={{ id: asset.id }} className="row-link">
              {name}
            </Link>
          )}
        </Text>
        {state === "sending" && <Progress value={item.part * 100} size="sm" my={4} aria-label={t("upload.progress", { name })} />}
        <Outcome item={item} />
      </div>
      {state === "failed" && (
        <Button
          variant="default"
          size="xs"
          aria-label={t("upload.retry", { name })}
          onClick={() => {
            queue.retry(id);
          }}
        >
          {t("error.retry")}
        </Button>
      )}
      {state !== "done" && (
        <Button
          variant="subtle"
          size="xs"
          aria-label={t(state === "failed" ? "upload.forget_of" : "upload.cancel_of", { name })}
          onClick={() => {
            queue.cancel(id);
          }}
        >
          {t(state === "failed" ? "upload.forget" : "upload.cancel")}
        </Button>
      )}
    </li>
  );
}

function Outcome({ item: { state, part, asset, error } }: { item: Item }) {
  const { t } = useTranslation();
  if (state === "failed") return <UploadProblem error={error} />;
  const outcome = asset === undefined ? state : asset.duplicate ? "duplicate" : "done";
  return (
    <Text size="sm" c={outcome === "done" ? "var(--fenfa-ok)" : "dimmed"} className="number">
      {t(`upload.${outcome}`, { percent: Math.floor(part * 100) })}
    </Text>
  );
}
