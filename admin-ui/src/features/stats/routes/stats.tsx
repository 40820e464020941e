import { Group, SegmentedControl, Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import { useChannels } from "@/lib/channels";
import { STATS_DAYS, type StatsSearch } from "@/lib/search";
import { useZone } from "@/lib/session";
import { localText } from "@/lib/text";

import { DeliveryFigures } from "../components/delivery-figures";
import { Totals } from "../components/totals";
import { TrendCard } from "../components/trend-card";
import { type LiveDelivery, liveOptions, seriesOptions, stretchOf } from "../query";

const route = getRouteApi("/shell/stats");

/** What readers did with what went live, as far as the platforms tell. */
export function Stats() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const zone = useZone();
  const { days, from } = stretchOf(search, zone);
  const query = useQuery(liveOptions(from, search.channel));
  return (
    <Page title={t("nav.stats")} lead={t("stats.lead", { zone })} width={1280}>
      <Filters />
      {query.isPending && <ListSkeleton />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {query.data?.nodes.length === 0 && <EmptyState title={t("stats.empty")} />}
      {query.data?.pageInfo.hasNextPage === true && <Text c="dimmed">{t("stats.not_all", { count: query.data.nodes.length })}</Text>}
      {query.data !== undefined && query.data.nodes.length > 0 && <Figures deliveries={query.data.nodes} days={days} />}
    </Page>
  );
}

function Figures({ deliveries, days }: { deliveries: LiveDelivery[]; days: string[] }) {
  const { t } = useTranslation();
  const { data: known, error, refetch } = useQuery(seriesOptions(deliveries, days[0] ?? ""));
  if (error !== null) return <ErrorPanel error={error} retry={() => void refetch()} />;
  if (known === undefined) return <ListSkeleton />;
  return (
    <>
      {known.every((one) => one.length === 0) && <Text c="dimmed">{t("stats.never_asked")}</Text>}
      <Totals series={known} />
      <TrendCard deliveries={deliveries} series={known} days={days} />
      <DeliveryFigures deliveries={deliveries} series={known} />
    </>
  );
}

function Filters() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate();
  const channels = useChannels();
  const show = (next: StatsSearch) => void navigate({ to: "/stats", search: next, replace: true });
  return (
    <Group gap={12}>
      <SegmentedControl
        value={String(search.days ?? 30)}
        onChange={(picked) => {
          show({ ...search, days: STATS_DAYS.find((one) => String(one) === picked) ?? 30 });
        }}
        data={STATS_DAYS.map((one) => ({ value: String(one), label: t("stats.days", { count: one }) }))}
        aria-label={t("stats.stretch")}
      />
      <Select
        w={160}
        value={search.channel ?? ""}
        data={[{ value: "", label: t("list.all_channels") }, ...channels.map(({ id, name }) => ({ value: id, label: localText(name) }))]}
        onChange={(picked) => {
          const { days } = search;
          show({ ...(days !== undefined && { days }), ...(picked !== null && picked !== "" && { channel: picked }) });
        }}
        allowDeselect={false}
        aria-label={t("delivery.channel")}
        comboboxProps={{ withinPortal: false }}
      />
    </Group>
  );
}
