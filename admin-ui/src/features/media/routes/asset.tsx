import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { StateChip } from "@/components/state-chip";
import { ErrorPanel, ListSkeleton } from "@/components/states";
import { Time } from "@/components/time";
import { duration } from "@/lib/dates";
import { useMay } from "@/lib/session";

import { ArchiveDialog } from "../components/archive-dialog";
import { AssetUses } from "../components/asset-uses";
import { FocalPicture } from "../components/focal-picture";
import { ReplaceDialog } from "../components/replace-dialog";
import { type Asset, assetToDescribeOptions, describeAsset } from "../query";

const route = getRouteApi("/shell/media/$id");

/** One picture or video of the library: what it shows, and what its crops keep. */
export function AssetPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const query = useQuery(assetToDescribeOptions(id));
  const mayWrite = useMay("WRITE_CONTENT");
  const asset = query.data;
  const isArchived = asset !== undefined && asset.archivedAt !== null;
  return (
    <Page
      title={asset?.name ?? t("nav.media")}
      mark={isArchived && <StateChip state="archived" />}
      back={{ to: "/media", label: t("nav.media") }}
      actions={
        mayWrite &&
        asset !== undefined &&
        !isArchived && (
          <>
            <ArchiveDialog asset={asset} />
            <ReplaceDialog key={asset.version} asset={asset} />
          </>
        )
      }
      width={1000}
    >
      {query.isPending && <ListSkeleton />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {asset !== undefined && (
        <>
          <Described key={`${asset.id} ${String(asset.version)}`} asset={asset} />
          <AssetUses id={asset.id} />
        </>
      )}
    </Page>
  );
}

function Described({ asset }: { asset: Asset }) {
  const { t } = useTranslation();
  const mayWrite = useMay("WRITE_CONTENT");
  const [alt, setAlt] = useState(asset.alt);
  const [focalPoint, setFocalPoint] = useState(asset.focalPoint);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => describeAsset(asset, alt.trim(), focalPoint),
    onSettled: () => client.invalidateQueries({ queryKey: ["assets"] }),
  });
  const isImage = asset.kind === "IMAGE";
  const isChanged = alt.trim() !== asset.alt || focalPoint.x !== asset.focalPoint.x || focalPoint.y !== asset.focalPoint.y;
  return (
    <form
      className="describe"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      {isImage ? (
        <FocalPicture asset={asset} value={focalPoint} onChange={setFocalPoint} />
      ) : (
        // The library holds no captions; what is said is in the alternative text.
        // eslint-disable-next-line jsx-a11y/media-has-caption
        <video src={asset.url} controls preload="metadata" className="player" aria-label={asset.name} />
      )}
      <Stack gap={16} className="card told">
        <Textarea
          label={t("media.alt")}
          description={t("media.alt_help")}
          value={alt}
          autosize
          minRows={3}
          readOnly={!mayWrite}
          onChange={(event) => {
            setAlt(event.currentTarget.value);
          }}
        />
        <Text size="sm" c="dimmed" className="number">
          {asset.mime} · {asset.video ? duration(Number(asset.video.durationMs)) : `${String(asset.width)} × ${String(asset.height)}`} ·{" "}
          {t("media.size", { size: megabytes(Number(asset.sizeBytes)) })} · <Time at={asset.createdAt} />
        </Text>
        {save.error !== null && <ErrorPanel error={save.error} />}
        {mayWrite && (
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!isChanged}>
              {t("media.save")}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(bytes < 1_000_000 ? 2 : 1);
}
