import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Clapperboard, Eye, FileText, Image, Languages, LogOut, type LucideIcon, Moon, Plug, Plus, Settings, ShoppingBag, Sun } from "lucide-react";
import { useTranslation } from "react-i18next";

import { SECTIONS } from "@/features/settings/sections";
import { useChannels } from "@/lib/channels";
import { chooseLanguage, currentLanguage } from "@/lib/i18n";
import { useMay, viewerOptions } from "@/lib/session";
import { localText } from "@/lib/text";

import { findOptions } from "./palette-search";
import { RAIL } from "./rail";
import { useScheme } from "./use-scheme";
import { useSignOut } from "./use-sign-out";

/** Something that the palette can do. */
export interface Item {
  id: string;
  label: string;
  /** Further words by which it is found. */
  py?: string;
  note?: string;
  icon: LucideIcon;
  run: () => void;
}

export interface ItemGroup {
  label: string;
  items: Item[];
}

/** Every word that was typed stands in the label or is how it is typed. */
export function matches({ label, py = "" }: Item, typed: string): boolean {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const text = `${label} ${py}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

const PY = { profile: "geren gr", site: "zhandian zd", members: "chengyuan cy", keys: "duqumiyao dqmy", webhooks: "tongzhi tz", jobs: "dingqirenwu dqrw", audit: "caozuojilu czjl" };

/** Every page that this person may open. */
export function usePlaces(): Item[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const permissions = useQuery(viewerOptions).data?.permissions ?? [];
  const pages = RAIL.map(({ to, key, icon, py }) => ({ id: to, label: t(`nav.${key}`), py, icon, run: () => void navigate({ to }) }));
  const sections = SECTIONS.filter(({ needs }) => permissions.includes(needs)).map(({ to, key }) => ({
    id: `section ${key}`,
    label: `${t("nav.settings")} · ${t(`settings.${key}`)}`,
    py: PY[key],
    icon: Settings,
    run: () => void navigate({ to }),
  }));
  const review = { id: "review", label: t("delivery.review_title"), py: "daihecha dhc", icon: Eye, run: () => void navigate({ to: "/deliveries/review" }) };
  return [...pages, review, ...sections];
}

/** What can be done from anywhere. */
export function useActions(): Item[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const channels = useChannels();
  const mayWrite = useMay("WRITE_CONTENT");
  const mayConnect = useMay("MANAGE_ACCOUNTS");
  const { isDark, turn } = useScheme();
  const signOut = useSignOut();
  const connect = channels.map(({ id, name }) => ({
    id: `connect ${id}`,
    label: t("connect.title", { channel: localText(name) }),
    py: `jieru jr ${id}`,
    icon: Plug,
    run: () => void navigate({ to: "/channels/connect/$kind", params: { kind: id } }),
  }));
  return [
    ...(mayWrite ? [{ id: "new", label: t("story.new"), py: "xingushi xgs", icon: Plus, run: () => void navigate({ to: "/stories/new" }) }] : []),
    ...(mayConnect ? connect : []),
    {
      id: "language",
      label: t("palette.language"),
      py: "yuyan yy english zhongwen",
      icon: Languages,
      run: () => void chooseLanguage(currentLanguage() === "en" ? "zh-Hans" : "en"),
    },
    { id: "scheme", label: t(isDark ? "palette.light" : "palette.dark"), py: "yanse shense qianse ys", icon: isDark ? Sun : Moon, run: turn },
    { id: "out", label: t("auth.sign_out"), py: "tuichu tc", icon: LogOut, run: signOut.mutate },
  ];
}

/** The content in which a text is found, by kind. */
export function useFound(q: string) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { data, error, isFetching, refetch } = useQuery(findOptions(q));
  const found = q === "" ? undefined : data;
  const groups: ItemGroup[] = [
    {
      label: t("nav.stories"),
      items: (found?.stories.nodes ?? []).map(({ id, title, state }) => ({
        id,
        label: title,
        note: t(`state.${state.toLowerCase()}`),
        icon: FileText,
        run: () => void navigate({ to: "/stories/$id", params: { id } }),
      })),
    },
    {
      label: t("nav.products"),
      items: (found?.products.nodes ?? []).map(({ id, name, sku }) => ({
        id,
        label: name,
        note: sku,
        icon: ShoppingBag,
        run: () => void navigate({ to: "/products", search: { q: sku } }),
      })),
    },
    {
      label: t("nav.videos"),
      items: (found?.videos.nodes ?? []).map(({ id, title, state }) => ({
        id,
        label: title,
        note: t(`state.${state.toLowerCase()}`),
        icon: Clapperboard,
        run: () => void navigate({ to: "/videos/$id", params: { id } }),
      })),
    },
    {
      label: t("nav.media"),
      items: (found?.assets.nodes ?? []).map(({ id, name, alt }) => ({
        id,
        label: alt === "" ? name : alt,
        note: name,
        icon: Image,
        run: () => void navigate({ to: "/media/$id", params: { id } }),
      })),
    },
  ];
  return { groups, error, isFetching: isFetching && q !== "", retry: () => void refetch() };
}
