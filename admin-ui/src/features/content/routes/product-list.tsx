import { Button, Text } from "@mantine/core";
import { Link, getRouteApi, useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";

import { DataTable } from "@/components/data-table";
import { ListFilter } from "@/components/list-filter";
import { Page } from "@/components/page";
import { Thumb } from "@/components/picture";
import { StateChip } from "@/components/state-chip";
import { EmptyState } from "@/components/states";
import { Time } from "@/components/time";
import { useConnection } from "@/lib/connection";
import { type ResultOf, graphql, request } from "@/lib/graphql";
import { useMay } from "@/lib/session";
import { money } from "@/lib/text";

const ProductsQuery = graphql(`
  query Products($q: String, $after: String) {
    products(q: $q, first: 50, after: $after) {
      nodes {
        id
        sku
        name
        brief
        priceFen
        isPublished
        updatedAt
        pictures {
          url(size: THUMB)
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

type Row = ResultOf<typeof ProductsQuery>["products"]["nodes"][number];

const route = getRouteApi("/shell/products");

/** Products, as stories and videos show them. */
export function ProductList() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate();
  const query = useConnection<Row>(
    ["products", search.q],
    async (after, signal) => (await request(ProductsQuery, { q: search.q ?? null, after }, signal)).products,
  );
  const button = useMay("WRITE_CONTENT") && (
    <Button component={Link} to="/products/new" leftSection={<Plus size={16} aria-hidden />}>
      {t("product.new")}
    </Button>
  );
  return (
    <Page title={t("nav.products")} actions={button}>
      <ListFilter
        value={search}
        onChange={(next) => void navigate({ to: "/products", search: next, replace: true })}
        placeholder={t("product.filter")}
      />
      <DataTable
        label={t("nav.products")}
        query={query}
        keyOf={(product) => product.id}
        empty={<EmptyState title={t(search.q === undefined ? "product.empty" : "product.no_match")} />}
        columns={[
          {
            key: "name",
            label: t("product.name"),
            cell: (product) => (
              <div className="cell">
                <Thumb url={product.pictures[0]?.url} alt="" />
                <div>
                  <Link to="/products/$id" params={{ id: product.id }} className="row-link">
                    {product.name}
                  </Link>
                  <Text size="xs" c="dimmed" lineClamp={1}>
                    {product.brief}
                  </Text>
                </div>
              </div>
            ),
          },
          { key: "sku", label: t("product.sku"), width: 160, cell: (product) => product.sku },
          {
            key: "price",
            label: t("product.price"),
            width: 120,
            cell: (product) => <span className="number">{money(Number(product.priceFen))}</span>,
          },
          {
            key: "state",
            label: t("list.state"),
            width: 140,
            cell: (product) => <StateChip state={product.isPublished ? "PUBLISHED" : "DRAFT"} />,
          },
          { key: "updated", label: t("list.updated"), width: 140, cell: (product) => <Time at={product.updatedAt} /> },
        ]}
      />
    </Page>
  );
}
