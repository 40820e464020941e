import { Image, NavLink, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Clapperboard, ShoppingBag } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";
import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import { graphql, request } from "@/lib/graphql";
import { money } from "@/lib/text";

const ProductsQuery = graphql(`
  query PickProducts($q: String) {
    products(q: $q, first: 20) {
      nodes {
        id
        name
        priceFen
        pictures {
          url(size: THUMB)
        }
      }
    }
  }
`);

const VideosQuery = graphql(`
  query PickVideos($q: String) {
    videos(q: $q, first: 20) {
      nodes {
        id
        title
        content {
          poster {
            url(size: THUMB)
          }
        }
      }
    }
  }
`);

interface Candidate {
  id: string;
  name: string;
  detail: string;
  picture: string | undefined;
}

async function find(kind: ItemPickerProps["kind"], q: string, signal: AbortSignal): Promise<Candidate[]> {
  if (kind === "product") {
    const { products } = await request(ProductsQuery, { q }, signal);
    return products.nodes.map(({ id, name, priceFen, pictures }) => ({ id, name, detail: money(priceFen), picture: pictures[0]?.url }));
  }
  const { videos } = await request(VideosQuery, { q }, signal);
  return videos.nodes.map(({ id, title, content }) => ({ id, name: title, detail: "", picture: content.poster?.url }));
}

interface ItemPickerProps {
  kind: "product" | "video";
  onClose: () => void;
  onPick: (id: string) => void;
}

/** Chooses a product or a video of the site. */
export function ItemPicker({ kind, onClose, onPick }: ItemPickerProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), 300);
  const query = useQuery({ queryKey: ["pick", kind, q], queryFn: ({ signal }) => find(kind, q, signal) });
  const Icon = kind === "product" ? ShoppingBag : Clapperboard;
  return (
    <Dialog title={t(`body.pick_${kind}`)} isOpen onClose={onClose}>
      <TextInput
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
        }}
        placeholder={t("body.pick_filter")}
        aria-label={t("body.pick_filter")}
        data-autofocus
      />
      {query.isPending && <ListSkeleton rows={4} />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {query.data?.length === 0 && <EmptyState title={t(q === "" ? `body.no_${kind}` : "body.no_match")} />}
      <div>
        {query.data?.map(({ id, name, detail, picture }) => (
          <NavLink
            key={id}
            component="button"
            type="button"
            label={name}
            description={detail === "" ? undefined : detail}
            leftSection={picture === undefined ? <Icon size={24} aria-hidden /> : <Image src={picture} alt="" w={40} h={40} radius={4} fit="cover" />}
            onClick={() => {
              onPick(id);
            }}
          />
        ))}
      </div>
    </Dialog>
  );
}
