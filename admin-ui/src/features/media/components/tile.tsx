import { Card, Image, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { duration } from "@/lib/dates";

import type { ListedAsset } from "../list-query";

/** A file of the library in little, with what it lacks. */
export function Tile({ asset }: { asset: ListedAsset }) {
  const { t } = useTranslation();
  return (
    <Card padding={8} withBorder bg="var(--fenfa-card)">
      <Card.Section>
        {asset.kind === "VIDEO" ? (
          <video src={asset.url} preload="metadata" muted className="tile" aria-label={asset.name} />
        ) : (
          <Image src={asset.url} alt={asset.alt} className="tile" fit="cover" loading="lazy" />
        )}
      </Card.Section>
      <Text size="xs" mt={8} truncate title={asset.name}>
        <Link to="/media/$id" params={{ id: asset.id }} className="row-link">
          {asset.name}
        </Link>
      </Text>
      <Text size="xs" c={asset.alt === "" && asset.kind === "IMAGE" ? "var(--fenfa-hold)" : "dimmed"} className="number">
        {asset.video ? duration(Number(asset.video.durationMs)) : `${String(asset.width)} × ${String(asset.height)}`}
        {asset.alt === "" && asset.kind === "IMAGE" && ` · ${t("media.no_alt")}`}
      </Text>
    </Card>
  );
}
