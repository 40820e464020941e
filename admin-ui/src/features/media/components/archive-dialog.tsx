import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Archive } from "lucide-react";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/components/form-dialog";
import { ListSkeleton } from "@/components/states";

import { type Asset, archiveAsset, assetUsesOptions } from "../query";

/** Takes an asset out of the library, once it was said how many things show it. */
export function ArchiveDialog({ asset }: { asset: Asset }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const navigate = useNavigate();
  const client = useQueryClient();
  const count = useQuery(assetUsesOptions(asset.id)).data?.length;
  const archive = useMutation({
    mutationFn: () => archiveAsset(asset.id),
    onSuccess: () => navigate({ to: "/media" }),
    onSettled: () => client.invalidateQueries({ queryKey: ["assets"] }),
  });
  return (
    <>
      <Button variant="default" leftSection={<Archive size={16} aria-hidden />} onClick={open}>
        {t("media.archive")}
      </Button>
      <FormDialog
        title={t("media.archive_title", { name: asset.name })}
        action={t("media.archive_yes")}
        isOpen={isOpen}
        onClose={close}
        mutation={archive}
        isReady={count !== undefined}
      >
        {count === undefined ? <ListSkeleton rows={1} /> : <Text>{count === 0 ? t("media.archive_unused") : t("media.archive_used", { count })}</Text>}
      </FormDialog>
    </>
  );
}
