import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";
import { Time } from "@/components/time";
import { useMay } from "@/lib/session";
import { localText } from "@/lib/text";

import type { Account } from "../query";
import { type RemovalFile, completeRemovalFile, makeRemovalFile, removalsOptions } from "../removals";
import { Part } from "./part";

/** What waits for a person to have the platform remove it: files to download, to upload there, and to tick off. Nothing when nothing waits. */
export function RemovalFiles({ account }: { account: Account }) {
  const { t } = useTranslation();
  const maySchedule = useMay("SCHEDULE");
  const query = useQuery(removalsOptions(account.id));
  const make = useTurn(() => makeRemovalFile(account.id));
  if (query.error !== null) return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  const removals = query.data ?? null;
  if (removals === null || removals.waitingCount + removals.files.length === 0) return null;
  const { waitingCount, mostLines, files, help } = removals;
  return (
    <Part title={t("removal.title")}>
      <Stack gap={12}>
        <Text c="dimmed">{localText(help)}</Text>
        {files.length > 0 && (
          <ul className="lines">
            {files.map((file) => (
              <FileLine key={file.id} file={file} maySchedule={maySchedule} />
            ))}
          </ul>
        )}
        {waitingCount > 0 && (
          <Group justify="space-between">
            <Text>{t("removal.waiting", { count: waitingCount })}</Text>
            {maySchedule && (
              <Button
                loading={make.isPending}
                onClick={() => {
                  make.mutate();
                }}
              >
                {t("removal.make", { count: Math.min(waitingCount, mostLines) })}
              </Button>
            )}
          </Group>
        )}
        {make.error !== null && <ErrorPanel error={make.error} />}
      </Stack>
    </Part>
  );
}

function FileLine({ file, maySchedule }: { file: RemovalFile; maySchedule: boolean }) {
  const { t } = useTranslation();
  const complete = useTurn(() => completeRemovalFile(file.id));
  return (
    <li className="line">
      <div className="line-text">
        <Text>
          {t("removal.file", { count: file.lineCount })} <Time at={file.madeAt} />
        </Text>
        {file.lineCount > 0 && (
          <Anchor href={file.address} download>
            <Download size={14} aria-hidden /> {t("removal.download")}
          </Anchor>
        )}
        {complete.error !== null && <ErrorPanel error={complete.error} />}
      </div>
      {maySchedule && (
        <Button
          variant="default"
          loading={complete.isPending}
          onClick={() => {
            complete.mutate();
          }}
        >
          {t("removal.complete")}
        </Button>
      )}
    </li>
  );
}

/** A step of the way of a file, after which accounts and deliveries are read again. */
function useTurn(turn: () => Promise<void>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: turn,
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ["accounts"] });
      await client.invalidateQueries({ queryKey: ["deliveries"] });
    },
  });
}
