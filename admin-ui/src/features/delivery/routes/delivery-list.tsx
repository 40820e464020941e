import { Anchor, Button, Select } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, getRouteApi, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { DataTable } from "@/components/data-table";
import { useDeliverySentence } from "@/components/delivery-sentence";
import { ListFilter } from "@/components/list-filter";
import { Page } from "@/components/page";
import { KeepView, SavedViews } from "@/components/saved-views";
import { StateChip } from "@/components/state-chip";
import { EmptyState } from "@/components/states";
import { Time } from "@/components/time";
import { useChannelNames, useChannels } from "@/lib/channels";
import { DELIVERY_STATES } from "@/lib/delivery-state";
import type { ListSearch } from "@/lib/search";
import { localText } from "@/lib/text";

import { deliveryListOptions } from "../list-query";

const route = getRouteApi("/shell/deliveries");

/** Everything on its way, planned or done; the latest due first. */
export function DeliveryList() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate();
  const nameOf = useChannelNames();
  const tell = useDeliverySentence();
  const channels = useChannels();
  const query = useInfiniteQuery(deliveryListOptions(search));
  const filter = (next: ListSearch) => void navigate({ to: "/deliveries", search: next, replace: true });
  const isFiltered = search.state !== undefined || search.channel !== undefined;
  return (
    <Page
      title={t("nav.deliveries")}
      actions={
        <Button component={Link} to="/deliveries/review" variant="default">
          {t("delivery.review_title")}
        </Button>
      }
    >
      <SavedViews list="deliveries" value={search} onChange={filter} />
      <ListFilter value={search} onChange={filter} states={DELIVERY_STATES}>
        <Select
          w={160}
          value={search.channel ?? ""}
          data={[
            { value: "", label: t("list.all_channels") },
            ...channels.map((channel) => ({ value: channel.id, label: localText(channel.name) })),
          ]}
          onChange={(channel) => {
            const { state } = search;
            const next = { ...(state !== undefined && { state }), ...(channel !== null && channel !== "" && { channel }) };
            void navigate({ to: "/deliveries", search: next, replace: true });
          }}
          allowDeselect={false}
          aria-label={t("delivery.channel")}
          comboboxProps={{ withinPortal: false }}
        />
        <KeepView list="deliveries" value={search} />
      </ListFilter>
      <DataTable
        label={t("nav.deliveries")}
        query={query}
        keyOf={(delivery) => delivery.id}
        empty={
          <EmptyState
            title={t(isFiltered ? "delivery.no_match" : "delivery.empty")}
            action={
              isFiltered && (
                <Anchor component={Link} to="/deliveries">
                  {t("list.clear")}
                </Anchor>
              )
            }
          />
        }
        columns={[
          { key: "state", label: t("list.state"), width: 130, cell: (delivery) => <StateChip state={delivery.state} /> },
          {
            key: "story",
            label: t("delivery.story"),
            cell: (delivery) => (
              <>
                <Link to="/deliveries/$id" params={{ id: delivery.id }} className="row-link">
                  {delivery.title}
                </Link>
                <div className="cell-note">{tell(delivery)}</div>
              </>
            ),
          },
          {
            key: "channel",
            label: t("delivery.channel"),
            width: "30%",
            cell: (delivery) => (
              <>
                {nameOf(delivery.channel, delivery.lane)}
                <div className="cell-note">{delivery.account?.name}</div>
              </>
            ),
          },
          { key: "due", label: t("delivery.due"), width: 170, cell: (delivery) => <Time at={delivery.dueAt} isDue /> },
        ]}
      />
    </Page>
  );
}
