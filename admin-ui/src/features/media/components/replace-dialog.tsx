import { Button, Group, Progress, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";
import { ErrorPanel } from "@/components/states";
import { upload } from "@/lib/upload";

import { type Asset, replaceAsset } from "../query";
import { PickFiles } from "./pick-files";

/** Gives an asset a new file; what becomes of those who show it is said before. */
export function ReplaceDialog({ asset }: { asset: Asset }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const [part, setPart] = useState(0);
  const sending = useRef<AbortController>(undefined);
  const client = useQueryClient();
  const replace = useMutation({
    mutationFn: async (file: File) => {
      sending.current = new AbortController();
      const { id } = await upload(file, setPart, sending.current.signal);
      if (id === asset.id) return "same";
      await replaceAsset(asset, id);
      return "replaced";
    },
    onMutate: () => {
      setPart(0);
    },
    onSuccess: (outcome) => {
      if (outcome === "replaced") close();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["assets"] }),
  });
  const leave = () => {
    sending.current?.abort();
    replace.reset();
    close();
  };
  return (
    <>
      <Button variant="default" leftSection={<RefreshCw size={16} aria-hidden />} onClick={open}>
        {t("media.replace")}
      </Button>
      <Dialog title={t("media.replace_title", { name: asset.name })} isOpen={isOpen} onClose={leave}>
        <Text>{t("media.replace_tells")}</Text>
        {replace.isPending && <Progress value={part * 100} aria-label={t("media.uploading")} />}
        {replace.data === "same" && <Text role="status">{t("media.replace_same")}</Text>}
        {replace.error !== null && <ErrorPanel error={replace.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={leave}>
            {t(replace.isPending ? "upload.cancel" : "dialog.back")}
          </Button>
          <PickFiles
            label={t("media.replace_choose")}
            accept={asset.kind === "IMAGE" ? "image/*" : "video/*"}
            loading={replace.isPending}
            onPick={([file]) => {
              if (file !== undefined) replace.mutate(file);
            }}
          />
        </Group>
      </Dialog>
    </>
  );
}
