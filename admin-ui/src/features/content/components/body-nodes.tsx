import { Group, Image, Skeleton, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Node } from "@tiptap/core";
import { type NodeViewProps, NodeViewWrapper, ReactNodeViewRenderer } from "@tiptap/react";
import { Clapperboard, ShoppingBag } from "lucide-react";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";
import { assetOptions } from "@/lib/assets";
import { graphql, request } from "@/lib/graphql";
import { money } from "@/lib/text";

import { HIGHEST, roomOf } from "../picture-room";

const ProductCardQuery = graphql(`
  query ProductCard($id: ID!) {
    product(id: $id) {
      name
      brief
      priceFen
      pictures {
        url(size: THUMB)
      }
    }
  }
`);

const VideoBlockQuery = graphql(`
  query VideoBlock($id: ID!) {
    video(id: $id) {
      title
      content {
        poster {
          url(size: CARD)
        }
      }
    }
  }
`);

/** A picture of the library in the text. */
export const PictureNode = Node.create({
  name: "image",
  group: "block",
  atom: true,
  draggable: true,
  addAttributes: () => ({ asset: { default: null }, alt: { default: "" }, caption: { default: "" } }),
  parseHTML: () => [{ tag: "figure[data-asset]" }],
  renderHTML: ({ node }) => ["figure", { "data-asset": String(node.attrs["asset"]) }],
  addNodeView: () => ReactNodeViewRenderer(Picture),
});

/** One of the site's videos in the text. */
export const VideoNode = Node.create({
  name: "video",
  group: "block",
  atom: true,
  draggable: true,
  addAttributes: () => ({ video: { default: null } }),
  parseHTML: () => [{ tag: "figure[data-video]" }],
  renderHTML: ({ node }) => ["figure", { "data-video": String(node.attrs["video"]) }],
  addNodeView: () => ReactNodeViewRenderer(VideoBlock),
});

/** One of the site's products in the text. */
export const ProductCardNode = Node.create({
  name: "productCard",
  group: "block",
  atom: true,
  draggable: true,
  addAttributes: () => ({ product: { default: null } }),
  parseHTML: () => [{ tag: "aside[data-product]" }],
  renderHTML: ({ node }) => ["aside", { "data-product": String(node.attrs["product"]) }],
  addNodeView: () => ReactNodeViewRenderer(ProductCard),
});

function Picture({ node, selected, updateAttributes, editor: { isEditable } }: NodeViewProps) {
  const { t } = useTranslation();
  const asset = useQuery(assetOptions(String(node.attrs["asset"])));
  const caption = String(node.attrs["caption"]);
  const own = String(node.attrs["alt"]);
  const alt = own || (asset.data?.alt ?? "");
  return (
    <NodeViewWrapper className="block" data-selected={selected || undefined}>
      {asset.isPending && <Skeleton h={HIGHEST / 2} radius={4} />}
      {asset.error !== null && <ErrorPanel error={asset.error} retry={() => void asset.refetch()} />}
      {asset.data !== undefined && <Image src={asset.data.url} alt={alt} radius={4} style={roomOf(asset.data)} data-drag-handle />}
      {alt === "" && asset.data !== undefined && (
        <Text size="xs" c="var(--fenfa-hold)">
          {t("body.needs_alt")}
        </Text>
      )}
      {selected && isEditable ? (
        <Group mt={4} gap={8} grow>
          <TextInput
            size="xs"
            value={own}
            placeholder={asset.data?.alt === "" || asset.data === undefined ? t("body.alt") : asset.data.alt}
            aria-label={t("body.alt")}
            onChange={(event) => {
              updateAttributes({ alt: event.currentTarget.value });
            }}
          />
          <TextInput
            size="xs"
            value={caption}
            placeholder={t("body.caption")}
            aria-label={t("body.caption")}
            onChange={(event) => {
              updateAttributes({ caption: event.currentTarget.value });
            }}
          />
        </Group>
      ) : (
        caption !== "" && (
          <Text size="sm" c="dimmed" ta="center">
            {caption}
          </Text>
        )
      )}
    </NodeViewWrapper>
  );
}

function VideoBlock({ node, selected }: NodeViewProps) {
  const id = String(node.attrs["video"]);
  const video = useQuery({
    queryKey: ["videos", "block", id],
    queryFn: async ({ signal }) => (await request(VideoBlockQuery, { id }, signal)).video,
  });
  return (
    <NodeViewWrapper className="block" data-selected={selected || undefined}>
      <Group className="card" p={12} gap={12} wrap="nowrap" data-drag-handle>
        {video.data?.content.poster ? (
          <Image src={video.data.content.poster.url} alt="" w={96} h={72} radius={4} fit="cover" />
        ) : (
          <Clapperboard size={24} aria-hidden />
        )}
        <Text fw={600}>{video.data?.title}</Text>
      </Group>
      {video.error !== null && <ErrorPanel error={video.error} retry={() => void video.refetch()} />}
    </NodeViewWrapper>
  );
}

function ProductCard({ node, selected }: NodeViewProps) {
  const id = String(node.attrs["product"]);
  const product = useQuery({
    queryKey: ["products", "block", id],
    queryFn: async ({ signal }) => (await request(ProductCardQuery, { id }, signal)).product,
  });
  const picture = product.data?.pictures[0];
  return (
    <NodeViewWrapper className="block" data-selected={selected || undefined}>
      <Group className="card" p={12} gap={12} wrap="nowrap" data-drag-handle>
        {picture ? <Image src={picture.url} alt="" w={56} h={56} radius={4} fit="cover" /> : <ShoppingBag size={24} aria-hidden />}
        <div style={{ flex: 1 }}>
          <Text fw={600}>{product.data?.name}</Text>
          <Text size="sm" c="dimmed">
            {product.data?.brief}
          </Text>
        </div>
        <Text fw={600} className="number">
          {product.data !== undefined && money(product.data.priceFen)}
        </Text>
      </Group>
      {product.error !== null && <ErrorPanel error={product.error} retry={() => void product.refetch()} />}
    </NodeViewWrapper>
  );
}
