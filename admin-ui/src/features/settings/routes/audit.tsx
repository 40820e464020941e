import { Code, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { DataTable } from "@/components/data-table";
import { EmptyState } from "@/components/states";
import { Time } from "@/components/time";
import { useConnection } from "@/lib/connection";
import { type ResultOf, graphql, request } from "@/lib/graphql";

import { SettingsPage } from "../components/settings-page";

const AuditQuery = graphql(`
  query AuditLog($after: String) {
    auditLog(first: 50, after: $after) {
      nodes {
        id
        action
        details
        outcome
        address
        createdAt
        user {
          name
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

type Entry = ResultOf<typeof AuditQuery>["auditLog"]["nodes"][number];

/** Who did what, when, from where; the latest first. */
export function AuditLog() {
  const { t } = useTranslation();
  const query = useConnection<Entry>(
    ["audit"],
    async (after, signal) => (await request(AuditQuery, { after }, signal)).auditLog,
  );
  return (
    <SettingsPage section="audit">
      <DataTable
        label={t("settings.audit")}
        query={query}
        keyOf={(entry) => entry.id}
        empty={<EmptyState title={t("settings.audit_empty")} />}
        columns={[
          { key: "at", label: t("settings.when"), width: 140, cell: (entry) => <Time at={entry.createdAt} /> },
          { key: "who", label: t("settings.who"), width: 140, cell: (entry) => entry.user?.name ?? t("settings.nobody") },
          {
            key: "what",
            label: t("settings.what"),
            cell: (entry) => (
              <details>
                <summary>
                  {t(`deed.${entry.action}`, { defaultValue: entry.action })}{" "}
                  {entry.outcome !== null && entry.outcome !== "OK" && (
                    <Text span size="sm" c="var(--fenfa-bad)">
                      {t("settings.audit_refused")}
                    </Text>
                  )}
                </summary>
                <Code block className="wrap">
                  {entry.action} {entry.outcome}
                  {"\n"}
                  {JSON.stringify(entry.details, null, 2)}
                </Code>
              </details>
            ),
          },
          { key: "from", label: t("settings.address"), width: 140, cell: (entry) => entry.address ?? "" },
        ]}
      />
    </SettingsPage>
  );
}
