import { Button, SimpleGrid } from "@mantine/core";
import { Link, getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { MoreButton } from "@/components/more-button";
import { Page } from "@/components/page";
import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import { useConnection } from "@/lib/connection";
import type { MediaSearch } from "@/lib/search";
import { useMay } from "@/lib/session";

import { DropArea } from "../components/drop-area";
import { MediaFilter } from "../components/media-filter";
import { Tile } from "../components/tile";
import { UploadButton } from "../components/upload-button";
import { Uploads } from "../components/uploads";
import { type ListedAsset, listAssets } from "../list-query";

const route = getRouteApi("/shell/media");

/** The media library: what is there, and the way in for new files. */
export function MediaList() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const mayWrite = useMay("WRITE_CONTENT");
  const query = useConnection<ListedAsset>(["assets", search], (after, signal) => listAssets(search, after, signal));
  return (
    <Page title={t("nav.media")} actions={mayWrite && <UploadButton />}>
      <MediaFilter search={search} />
      {mayWrite && (
        <>
          <DropArea />
          <Uploads />
        </>
      )}
      {query.isPending && <ListSkeleton />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {query.data?.length === 0 && <Nothing search={search} mayWrite={mayWrite} />}
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing={16}>
        {query.data?.map((asset) => (
          <Tile key={asset.id} asset={asset} />
        ))}
      </SimpleGrid>
      <MoreButton query={query} />
    </Page>
  );
}

function Nothing({ search, mayWrite }: { search: MediaSearch; mayWrite: boolean }) {
  const { t } = useTranslation();
  const isFiltered = Object.keys(search).length > 0;
  if (!isFiltered) return <EmptyState title={t(mayWrite ? "media.empty_upload" : "media.empty")} action={mayWrite && <UploadButton />} />;
  return (
    <EmptyState
      title={t(search.noalt === true && search.q === undefined ? "media.all_described" : "media.no_match")}
      action={
        <Button variant="default" component={Link} to="/media">
          {t("list.clear")}
        </Button>
      }
    />
  );
}
