import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { queueOf } from "../upload-queue";
import { useDroppedFiles } from "../use-dropped-files";

/** Where files can be dropped; the whole page takes them, this says so. */
export function DropArea() {
  const { t } = useTranslation();
  const queue = queueOf(useQueryClient());
  const take = useCallback(
    (files: File[]) => {
      queue.add(files);
    },
    [queue],
  );
  const isOver = useDroppedFiles(take);
  return (
    <div className="drop" data-over={isOver || undefined}>
      <Text size="sm" c="dimmed">
        {t(isOver ? "upload.let_go" : "upload.drop")}
      </Text>
    </div>
  );
}
