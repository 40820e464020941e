import { Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Time } from "@/components/time";
import { useChannelNames } from "@/lib/channels";

import { METRICS, type Statistic, latest } from "../figures";
import type { LiveDelivery } from "../query";
import { FigureText } from "./figure-text";

/** Each delivery with its last figures. */
export function DeliveryFigures({ deliveries, series }: { deliveries: LiveDelivery[]; series: Statistic[][] }) {
  const { t } = useTranslation();
  const nameOf = useChannelNames();
  return (
    <div className="card">
      <Table verticalSpacing={8} horizontalSpacing={12} highlightOnHover aria-label={t("stats.each")}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col" className="main-column">{t("delivery.story")}</Table.Th>
            <Table.Th scope="col">{t("stats.published")}</Table.Th>
            {METRICS.map((metric) => (
              <Table.Th key={metric} scope="col" w={100}>
                {t(`stats.${metric}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {deliveries.map((delivery, index) => (
            <Table.Tr key={delivery.id}>
              <Table.Td>
                <Link to="/deliveries/$id" params={{ id: delivery.id }} className="row-link">
                  {delivery.title}
                </Link>
                <Text size="xs" c="dimmed">
                  {nameOf(delivery.channel, delivery.lane)}
                </Text>
              </Table.Td>
              <Table.Td>{delivery.publishedAt !== null && <Time at={delivery.publishedAt} />}</Table.Td>
              {METRICS.map((metric) => (
                <Table.Td key={metric} style={{ wordBreak: "keep-all" }}>
                  <FigureText figure={latest(series[index] ?? [], metric)} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
