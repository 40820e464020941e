import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { History as HistoryIcon } from "lucide-react";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/components/form-dialog";

import type { History, Revision } from "../revision";
import { restore } from "../revision-query";
import { pageOf } from "../source-page";

/** Makes an old state the latest again, once it was asked for twice. */
export function RestoreButton({ history, revision }: { history: History; revision: Revision }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const navigate = useNavigate();
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: () => restore(history, revision),
    onSuccess: () => navigate({ to: pageOf(history.source) }),
    onSettled: () => client.invalidateQueries({ queryKey: [history.source.kind === "STORY" ? "stories" : "videos"] }),
  });
  const number = revision.number;
  return (
    <>
      <Button variant="default" leftSection={<HistoryIcon size={16} aria-hidden />} onClick={open}>
        {t("history.restore", { number })}
      </Button>
      <FormDialog title={t("history.restore_title", { number })} action={t("history.restore", { number })} isOpen={isOpen} onClose={close} mutation={mutation}>
        <Text>{t("history.restore_asks", { number })}</Text>
      </FormDialog>
    </>
  );
}
