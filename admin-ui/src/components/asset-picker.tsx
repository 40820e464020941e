import { FileButton, Button, Group, Image, Progress, SimpleGrid, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { assetOptions } from "@/lib/assets";
import { type ResultOf, graphql, request } from "@/lib/graphql";
import { upload } from "@/lib/upload";

import { Dialog } from "./dialog";
import { EmptyState, ErrorPanel, ListSkeleton } from "./states";

const PicturesQuery = graphql(`
  query Pictures($q: String) {
    assets(kind: IMAGE, q: $q, first: 30) {
      nodes {
        id
        name
        alt
        url(size: CARD)
      }
    }
  }
`);

export type PickedAsset = ResultOf<typeof PicturesQuery>["assets"]["nodes"][number];

interface AssetPickerProps {
  isOpen: boolean;
  onClose: () => void;
  onPick: (asset: PickedAsset) => void;
}

/** Takes a picture from the library, or brings a new one in. */
export function AssetPicker({ isOpen, onClose, onPick }: AssetPickerProps) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("media.pick")} isOpen={isOpen} onClose={onClose} size={860}>
      <Choice onPick={onPick} />
    </Dialog>
  );
}

function Choice({ onPick }: { onPick: (asset: PickedAsset) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), 300);
  const [part, setPart] = useState(0);
  const query = useQuery({
    queryKey: ["assets", "pictures", q],
    queryFn: async ({ signal }) => (await request(PicturesQuery, { q: q === "" ? null : q }, signal)).assets.nodes,
  });
  const bring = useMutation({
    mutationFn: async (file: File) => {
      const { id } = await upload(file, setPart);
      return client.fetchQuery(assetOptions(id));
    },
    onSuccess: (asset) => {
      void client.invalidateQueries({ queryKey: ["assets"] });
      onPick(asset);
    },
  });
  return (
    <>
      <Group wrap="nowrap">
        <TextInput
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
          }}
          placeholder={t("media.filter")}
          aria-label={t("media.filter")}
          style={{ flex: 1 }}
          data-autofocus
        />
        <FileButton accept="image/*" onChange={(file) => file !== null && bring.mutate(file)}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<Upload size={16} aria-hidden />} loading={bring.isPending}>
              {t("media.upload")}
            </Button>
          )}
        </FileButton>
      </Group>
      {bring.isPending && <Progress value={part * 100} aria-label={t("media.uploading")} />}
      {bring.error !== null && <ErrorPanel error={bring.error} />}
      {query.isPending && <ListSkeleton rows={4} />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {query.data?.length === 0 && <EmptyState title={t(q === "" ? "media.empty" : "media.no_match")} />}
      <SimpleGrid cols={4} spacing={12}>
        {query.data?.map((asset) => (
          <UnstyledButton
            key={asset.id}
            onClick={() => {
              onPick(asset);
            }}
            aria-label={asset.alt === "" ? asset.name : asset.alt}
          >
            <Image src={asset.url} alt="" className="tile" radius={4} />
            <Text size="xs" truncate mt={4}>
              {asset.name}
            </Text>
          </UnstyledButton>
        ))}
      </SimpleGrid>
    </>
  );
}
