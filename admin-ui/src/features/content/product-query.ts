import { queryOptions } from "@tanstack/react-query";

import { ApiError, type ResultOf, type VariablesOf, graphql, request } from "@/lib/graphql";

const ProductQuery = graphql(`
  query Product($id: ID!) {
    product(id: $id) {
      id
      sku
      name
      brief
      priceFen
      isPublished
      version
      category {
        id
        name
      }
      attributes {
        name
        value
      }
      pictures {
        id
        alt
        url(size: CARD)
      }
      paths {
        channel
        path
      }
    }
  }
`);

const Create = graphql(`
  mutation CreateProduct($input: CreateProductInput!) {
    createProduct(input: $input) {
      product {
        id
      }
    }
  }
`);
const Update = graphql(`
  mutation UpdateProduct($input: UpdateProductInput!) {
    updateProduct(input: $input) {
      product {
        id
      }
    }
  }
`);
const Publish = graphql(`
  mutation PublishProduct($input: ProductIdInput!) {
    publishProduct(input: $input) {
      product {
        id
      }
    }
  }
`);
const Unpublish = graphql(`
  mutation UnpublishProduct($input: ProductIdInput!) {
    unpublishProduct(input: $input) {
      product {
        id
      }
    }
  }
`);

export type Product = ResultOf<typeof ProductQuery>["product"];
type ProductInput = VariablesOf<typeof Create>["input"]["product"];

/** A product as it stands in the form; the price as people write it. */
export interface ProductDraft extends Pick<Product, "sku" | "name" | "brief" | "category" | "attributes" | "pictures" | "paths"> {
  price: string;
}

/** What the form begins with. */
export function draftOf(product?: Product): ProductDraft {
  if (product === undefined) return { sku: "", name: "", brief: "", price: "", category: null, attributes: [], pictures: [], paths: [] };
  const { sku, name, brief, category, attributes, pictures, paths } = product;
  return { sku, name, brief, category, attributes, pictures, paths, price: (Number(product.priceFen) / 100).toFixed(2) };
}

/** A price as people write it, in fen; nothing when it is no price. */
export function fenOf(price: string): number | undefined {
  const match = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(price.trim());
  return match === null ? undefined : Number(match[1]) * 100 + Number((match[2] ?? "0").padEnd(2, "0"));
}

function inputOf(draft: ProductDraft): ProductInput {
  const { sku, name, brief, category, pictures } = draft;
  return {
    sku: sku.trim(),
    name: name.trim(),
    brief: brief.trim(),
    priceFen: fenOf(draft.price) ?? 0,
    categoryId: category?.id ?? null,
    attributes: draft.attributes.filter((one) => one.name.trim() !== "").map(({ name: key, value }) => ({ name: key.trim(), value: value.trim() })),
    pictureIds: pictures.map(({ id }) => id),
    paths: draft.paths.filter(({ path }) => path.trim() !== "").map(({ channel, path }) => ({ channel, path: path.trim() })),
  };
}

/** One product. */
export const productOptions = (id: string) =>
  queryOptions({
    queryKey: ["products", id],
    queryFn: async ({ signal }) => (await request(ProductQuery, { id }, signal)).product,
  });

/** Saves what is in the form; the id of the product. */
export async function saveProduct(draft: ProductDraft, product?: Product): Promise<string> {
  const input = inputOf(draft);
  if (product === undefined) return (await request(Create, { input: { product: input } })).createProduct.product.id;
  return (await request(Update, { input: { id: product.id, baseVersion: product.version, product: input } })).updateProduct.product.id;
}

/** Shows a product to readers, or takes it away from them. */
export async function showProduct({ id, isPublished }: Product): Promise<void> {
  await (isPublished ? request(Unpublish, { input: { id } }) : request(Publish, { input: { id } }));
}

/** Whether the server complains of this field. */
export function isAbout(error: unknown, field: string): boolean {
  return error instanceof ApiError && error.field?.startsWith(`input.${field}`) === true;
}
