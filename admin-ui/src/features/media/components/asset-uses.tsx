import { Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ErrorPanel, ListSkeleton } from "@/components/states";

import { type AssetUse, assetUsesOptions } from "../query";

const PLACES = { STORY: "/stories/$id", VIDEO: "/videos/$id", PRODUCT: "/products/$id" } as const;

/** Where a file is shown: to be known before it is changed. */
export function AssetUses({ id }: { id: string }) {
  const { t } = useTranslation();
  const uses = useQuery(assetUsesOptions(id));
  return (
    <section className="card pad" aria-label={t("media.uses")}>
      <Title order={2} mb={8}>
        {t("media.uses")}
      </Title>
      {uses.isPending && <ListSkeleton rows={2} />}
      {uses.error !== null && <ErrorPanel error={uses.error} retry={() => void uses.refetch()} />}
      {uses.data?.length === 0 && <Text c="dimmed">{t("media.unused")}</Text>}
      <ul className="uses">
        {uses.data?.map((used) => (
          <li key={used.id}>
            <Use used={used} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Use({ used }: { used: AssetUse }) {
  const { t } = useTranslation();
  const what = t(`media.use_${used.kind}`);
  return (
    <>
      <Text span c="dimmed" size="sm">
        {what}
      </Text>{" "}
      <Link to={PLACES[used.kind]} params={{ id: used.id }} className="row-link">
        {used.title}
      </Link>
    </>
  );
}
