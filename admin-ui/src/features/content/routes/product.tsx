import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { StateChip } from "@/components/state-chip";
import { ErrorPanel, Forbidden, ListSkeleton } from "@/components/states";
import { useMay } from "@/lib/session";

import { ProductForm } from "../components/product-form";
import { type Product, productOptions, showProduct } from "../product-query";

const route = getRouteApi("/shell/products/$id");

/** One product: what it is, what it costs, where it is sold. */
export function ProductPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const query = useQuery(productOptions(id));
  const product = query.data;
  const mayPublish = useMay("PUBLISH");
  return (
    <Page
      title={product?.name ?? t("nav.products")}
      back={{ to: "/products", label: t("nav.products") }}
      mark={product && <StateChip state={product.isPublished ? "PUBLISHED" : "DRAFT"} />}
      actions={product && mayPublish && <ShowButton product={product} />}
      width={800}
    >
      {query.isPending && <ListSkeleton />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {product !== undefined && <ProductForm key={product.version} product={product} />}
    </Page>
  );
}

/** A product that is not there yet. */
export function NewProduct() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayWrite = useMay("WRITE_CONTENT");
  return (
    <Page title={t("product.new")} back={{ to: "/products", label: t("nav.products") }} width={800}>
      {mayWrite ? <ProductForm onMade={(id) => void navigate({ to: "/products/$id", params: { id }, replace: true })} /> : <Forbidden needs="WRITE_CONTENT" />}
    </Page>
  );
}

function ShowButton({ product }: { product: Product }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const show = useMutation({
    mutationFn: () => showProduct(product),
    onSettled: () => client.invalidateQueries({ queryKey: ["products"] }),
  });
  return (
    <>
      {show.error !== null && <ErrorPanel error={show.error} />}
      <Button variant={product.isPublished ? "default" : "filled"} loading={show.isPending} onClick={() => { show.mutate(); }}>
        {t(product.isPublished ? "product.hide" : "product.show")}
      </Button>
    </>
  );
}
