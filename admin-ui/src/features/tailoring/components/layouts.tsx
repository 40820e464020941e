import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, Heart, MessageCircle, MoreHorizontal, Search, Share2, ShoppingBag, Star } from "lucide-react";
import type { ComponentType, ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { siteOptions } from "@/lib/session";

import type { LanePreview, Seen } from "../preview";
import { RichText } from "./rich-text";

interface LayoutProps {
  seen: Seen;
  channel: string;
}

/** One component for each shape; what a platform is, none of them knows. */
export const LAYOUTS: Record<LanePreview["layout"], ComponentType<LayoutProps>> = {
  ARTICLE: Article,
  COVER_CARD: CoverCard,
  SEARCH_RESULT: SearchResult,
  FEED_CARD: FeedCard,
  POST: Post,
  VIDEO_SCREEN: VideoScreen,
};

function useSiteName(): string {
  return useQuery(siteOptions).data?.name ?? "";
}

function Screen({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    // It scrolls as the phone does, so it must be reached without a mouse.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={`phone-screen ${className ?? ""}`} tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  );
}

function Bar({ title }: { title: string }) {
  return (
    <div className="phone-bar">
      <ChevronLeft size={20} aria-hidden />
      <span>{title}</span>
      <MoreHorizontal size={20} aria-hidden />
    </div>
  );
}

/** Neighbours whose words do not matter. */
function Lines({ count }: { count: number }) {
  return (
    <div className="phone-lines" aria-hidden>
      {Array.from({ length: count }, (_, index) => (
        <span key={index} />
      ))}
    </div>
  );
}

function Account({ name }: { name: string }) {
  return (
    <div className="phone-account">
      <span className="phone-avatar" aria-hidden>
        {[...name][0]}
      </span>
      <span>{name}</span>
    </div>
  );
}

function Title({ seen, className }: { seen: Seen; className: string }) {
  const { t } = useTranslation();
  return <p className={className}>{seen.title === "" ? <span className="phone-empty">{t("tailoring.nothing")}</span> : seen.title}</p>;
}

function Words({ seen }: { seen: Seen }) {
  if (seen.isRich) return <RichText html={seen.text} pictureOf={seen.pictureOf} />;
  return (
    <div className="rich">
      {seen.text.split(/\n+/).map((line, index) => (
        <p key={index}>{line}</p>
      ))}
    </div>
  );
}

function Article({ seen, channel }: LayoutProps) {
  const { t } = useTranslation();
  const site = useSiteName();
  return (
    <Screen label={channel}>
      <Bar title={channel} />
      <article className="phone-article">
        <Title seen={seen} className="phone-h1" />
        <p className="phone-meta">
          {seen.byline !== "" && <span>{seen.byline}</span>}
          <span className="phone-name">{site}</span>
          <span>{t("date.just_now")}</span>
        </p>
        {seen.pictures[0] !== undefined && <img src={seen.pictures[0].url} alt={seen.pictures[0].alt} />}
        <Words seen={seen} />
        {seen.link !== "" && <p className="phone-name">{t("tailoring.read_more")}</p>}
      </article>
    </Screen>
  );
}

function CoverCard({ seen, channel }: LayoutProps) {
  const { t } = useTranslation();
  const site = useSiteName();
  return (
    <Screen label={channel} className="phone-grey">
      <Bar title={site} />
      <p className="phone-time">{t("date.just_now")}</p>
      <div className="phone-card">
        <div className="phone-cover">
          <Cover seen={seen} />
          <Title seen={seen} className="phone-cover-title" />
        </div>
        {seen.text !== "" && <p className="phone-digest">{seen.text}</p>}
      </div>
    </Screen>
  );
}

function Cover({ seen }: { seen: Seen }) {
  const { t } = useTranslation();
  const [picture] = seen.pictures;
  return picture === undefined ? <span className="phone-none">{t("tailoring.no_picture")}</span> : <img src={picture.url} alt={picture.alt} />;
}

function SearchResult({ seen, channel }: LayoutProps) {
  const site = useSiteName();
  return (
    <Screen label={channel}>
      <div className="phone-search">
        <Search size={16} aria-hidden />
        <span>{[...seen.title].slice(0, 10).join("")}</span>
      </div>
      <div className="phone-result">
        <Title seen={seen} className="phone-result-title" />
        <div className="phone-row">
          <p className="phone-digest">{seen.text}</p>
          {seen.pictures[0] !== undefined && <img className="phone-thumb" src={seen.pictures[0].url} alt={seen.pictures[0].alt} />}
        </div>
        <p className="phone-source">{site}</p>
      </div>
      <Lines count={4} />
      <Lines count={4} />
    </Screen>
  );
}

function FeedCard({ seen, channel }: LayoutProps) {
  const { t } = useTranslation();
  const site = useSiteName();
  const isWide = seen.pictures.length >= 3;
  const [first] = seen.pictures;
  return (
    <Screen label={channel}>
      <div className="phone-bar">
        <span>{channel}</span>
      </div>
      <Lines count={3} />
      <div className="phone-result">
        <div className="phone-row">
          <div className="phone-grow">
            <Title seen={seen} className="phone-feed-title" />
            {seen.text !== "" && <p className="phone-digest">{seen.text}</p>}
          </div>
          {!isWide && first !== undefined && <img className="phone-thumb" src={first.url} alt={first.alt} />}
        </div>
        {isWide && (
          <div className="phone-three">
            {seen.pictures.slice(0, 3).map(({ url, alt }) => (
              <img key={url} src={url} alt={alt} />
            ))}
          </div>
        )}
        <p className="phone-source">
          {site} · {t("date.just_now")}
        </p>
      </div>
      <Lines count={3} />
      <Lines count={3} />
    </Screen>
  );
}

function Post({ seen, channel }: LayoutProps) {
  const site = useSiteName();
  return (
    <Screen label={channel}>
      <Bar title={channel} />
      <div className="phone-result">
        <Account name={seen.byline === "" ? site : seen.byline} />
        <Title seen={seen} className="phone-feed-title" />
        <Words seen={seen} />
        <div className="phone-grid" data-count={Math.min(seen.pictures.length, 3)}>
          {seen.pictures.slice(0, 9).map(({ url, alt }) => (
            <img key={url} src={url} alt={alt} />
          ))}
        </div>
      </div>
      <Lines count={4} />
    </Screen>
  );
}

/** What the platform's own buttons and words cover is dashed: nothing that matters should lie there. */
function VideoScreen({ seen, channel }: LayoutProps) {
  const { t } = useTranslation();
  const site = useSiteName();
  const [picture] = seen.pictures;
  return (
    <div className="phone-screen phone-video" role="group" aria-label={channel}>
      {picture !== undefined && <img className="phone-still" src={picture.url} alt={picture.alt} />}
      <div className="phone-side" title={t("tailoring.safe_side")}>
        <span className="phone-avatar" aria-hidden>
          {[...site][0]}
        </span>
        {[Heart, MessageCircle, Star, Share2].map((Icon, index) => (
          <Icon key={index} size={26} aria-hidden />
        ))}
      </div>
      <div className="phone-words" title={t("tailoring.safe_words")}>
        {seen.link !== "" && (
          <span className="phone-anchor">
            <ShoppingBag size={12} aria-hidden /> {seen.link}
          </span>
        )}
        <p className="phone-at">@{site}</p>
        {seen.title !== "" && <p className="phone-caption-title">{seen.title}</p>}
        <p className="phone-caption">
          {seen.text}
          {seen.tags.map((tag) => (
            <strong key={tag}> #{tag}</strong>
          ))}
        </p>
      </div>
    </div>
  );
}
