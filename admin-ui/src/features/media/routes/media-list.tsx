import { Card, Image, SimpleGrid, Switch, Text } from "@mantine/core";
import { Link, getRouteApi, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ListFilter } from "@/components/list-filter";
import { Page } from "@/components/page";
import { MoreButton } from "@/components/more-button";
import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import { useConnection } from "@/lib/connection";
import { duration } from "@/lib/dates";
import { type ResultOf, graphql, request } from "@/lib/graphql";
import { without } from "@/lib/search";

const AssetsQuery = graphql(`
  query Assets($q: String, $lacksAlt: Boolean!, $after: String) {
    assets(q: $q, lacksAlt: $lacksAlt, first: 60, after: $after) {
      nodes {
        id
        name
        alt
        kind
        width
        height
        url(size: CARD)
        video {
          durationMs
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

type Row = ResultOf<typeof AssetsQuery>["assets"]["nodes"][number];

const route = getRouteApi("/shell/media");

/** The media library. */
export function MediaList() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate();
  const query = useConnection<Row>(
    ["assets", search],
    async (after, signal) => {
      const { q = null, noalt: lacksAlt = false } = search;
      return (await request(AssetsQuery, { q, lacksAlt, after }, signal)).assets;
    },
  );
  const isFiltered = search.q !== undefined || search.noalt === true;
  return (
    <Page title={t("nav.media")}>
      <ListFilter
        value={search}
        onChange={({ q }) => void navigate({ to: "/media", search: { ...without(search, "q"), ...(q !== undefined && { q }) }, replace: true })}
        placeholder={t("media.filter")}
      >
        <Switch
          label={t("media.lacks_alt")}
          checked={search.noalt === true}
          onChange={(event) => {
            const next = event.currentTarget.checked ? { ...search, noalt: true as const } : without(search, "noalt");
            void navigate({ to: "/media", search: next, replace: true });
          }}
        />
      </ListFilter>
      {query.isPending && <ListSkeleton />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {query.data?.length === 0 && <EmptyState title={t(search.noalt === true ? "media.all_described" : isFiltered ? "media.no_match" : "media.empty")} />}
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing={16}>
        {query.data?.map((asset) => (
          <Card key={asset.id} padding={8} withBorder bg="var(--fenfa-card)">
            <Card.Section>
              {asset.kind === "VIDEO" ? (
                <video src={asset.url} preload="metadata" muted className="tile" aria-label={asset.name} />
              ) : (
                <Image src={asset.url} alt={asset.alt} className="tile" fit="cover" loading="lazy" />
              )}
            </Card.Section>
            <Text size="xs" mt={8} truncate title={asset.name}>
              <Link to="/media/$id" params={{ id: asset.id }} className="row-link">
                {asset.name}
              </Link>
            </Text>
            <Text size="xs" c={asset.alt === "" && asset.kind === "IMAGE" ? "var(--fenfa-hold)" : "dimmed"} className="number">
              {asset.video ? duration(Number(asset.video.durationMs)) : `${String(asset.width)} × ${String(asset.height)}`}
              {asset.alt === "" && asset.kind === "IMAGE" && ` · ${t("media.no_alt")}`}
            </Text>
          </Card>
        ))}
      </SimpleGrid>
      <MoreButton query={query} />
    </Page>
  );
}
