import { Image, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Channel } from "@/lib/channels";
import { localText, shown } from "@/lib/text";
import type { Variant } from "@/lib/variant";

/** How it looks on a phone: the words and pictures that would be sent. */
export function Preview({ channel, variant, title }: { channel: Channel; variant: Variant; title: string }) {
  const { t } = useTranslation();
  const textOf = (kind: string) =>
    channel.fields
      .filter((field) => field.kind === kind)
      .map((field) => shown(variant.fields.find((value) => value.name === field.name)?.value))
      .find((text) => text !== "");
  const picture = variant.pictures.find((one) => one.url !== null);
  const spec = channel.pictures.find((one) => one.name === picture?.spec);
  const isTall = spec !== undefined && spec.height > spec.width;
  const heading = isTall ? undefined : (textOf("TEXT") ?? title);
  const tags = (textOf("TEXT_LIST") ?? "").split("\n").filter((tag) => tag !== "");
  return (
    <figure className="phone" aria-label={t("tailoring.preview_on", { channel: localText(channel.name) })} lang="zh-Hans">
      <div className="phone-bar">{localText(channel.name)}</div>
      <div className={isTall ? "phone-video" : "phone-card"}>
        {picture?.url != null && (
          <Image src={picture.url} alt={picture.asset?.alt ?? ""} className={isTall ? "phone-tall" : "phone-wide"} />
        )}
        {picture === undefined && <Text className="phone-none">{t("tailoring.no_picture")}</Text>}
        <div className="phone-text">
          {heading !== undefined && <Text className="phone-title">{heading}</Text>}
          <Text lineClamp={isTall ? 4 : 6}>{textOf("LONG_TEXT")}</Text>
          {tags.length > 0 && <Text className="phone-tags">{tags.map((tag) => (isTall ? `#${tag}` : tag)).join(isTall ? " " : " · ")}</Text>}
        </div>
      </div>
      {spec !== undefined && (
        <figcaption>
          {localText(spec.label)} {spec.width} × {spec.height}
        </figcaption>
      )}
    </figure>
  );
}
