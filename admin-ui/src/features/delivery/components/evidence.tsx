import { Button, Code, CopyButton, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Attempt } from "../query";

/** What was asked and answered, redacted; folded until somebody wants it. */
export function Evidence({ attempt }: { attempt: Attempt }) {
  const { t } = useTranslation();
  if (attempt.exchanges.length === 0) return null;
  return (
    <details className="evidence">
      <summary>{t("delivery.evidence", { count: attempt.exchanges.length })}</summary>
      {attempt.exchanges.map((exchange, index) => (
        <div key={index} className="exchange">
          <Group gap={12}>
            <Code>{exchange.request}</Code>
            <Text size="xs" className="number">
              {exchange.status === null ? t("delivery.no_answer") : `HTTP ${String(exchange.status)}`} · {exchange.durationMs} ms
            </Text>
            {exchange.requestId !== null && (
              <CopyButton value={exchange.requestId}>
                {({ copied, copy }) => (
                  <Button size="compact-xs" variant="subtle" onClick={copy}>
                    {copied ? t("delivery.copied") : t("delivery.copy_id", { id: exchange.requestId })}
                  </Button>
                )}
              </CopyButton>
            )}
          </Group>
          {exchange.requestBody !== "" && <Code block>{exchange.requestBody}</Code>}
          {exchange.responseBody !== "" && <Code block>{exchange.responseBody}</Code>}
        </div>
      ))}
    </details>
  );
}
