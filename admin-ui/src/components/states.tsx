import { Alert, Button, Code, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { Inbox, Lock, SearchX, TriangleAlert, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/lib/graphql";
import { refusal } from "@/lib/refusal";
import type { Permission } from "@/lib/session";

/** The skeleton of a list, in its real rhythm. */
export function ListSkeleton({ rows = 8 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <Stack gap={12} role="status" aria-busy="true" aria-label={t("loading")}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={28} radius="sm" />
      ))}
    </Stack>
  );
}

/** Nothing yet, or nothing matches. */
export function EmptyState({ title, action }: { title: string; action?: ReactNode }) {
  return (
    <Stack align="center" py={48} gap={12} className="card">
      <Inbox size={32} color="var(--mantine-color-dimmed)" aria-hidden />
      <Text c="dimmed">{title}</Text>
      {action}
    </Stack>
  );
}

/** What failed, in place: what it was, what is safe, what to do; with the request's number. */
export function ErrorPanel({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const code = error instanceof ApiError ? error.code : "UNKNOWN";
  if (code === "FORBIDDEN") return <Forbidden error={error} />;
  if (code === "NOT_FOUND") return <Gone />;
  const isOffline = code === "OFFLINE";
  return (
    <Alert
      color="red"
      variant="outline"
      role="alert"
      icon={isOffline ? <WifiOff size={18} aria-hidden /> : <TriangleAlert size={18} aria-hidden />}
      title={t(isOffline ? "error.offline" : "error.failed")}
      className="error"
    >
      <Stack gap={8} align="flex-start">
        {!isOffline && <Text component="div"><Refused error={error} /></Text>}
        <Text c="dimmed">{t("error.safe")}</Text>
        <Group>
          {retry !== undefined && (
            <Button variant="default" onClick={retry}>
              {t("error.retry")}
            </Button>
          )}
          {error instanceof ApiError && error.requestId !== undefined && (
            <Text size="xs">
              {t("error.number")} <Code>{error.requestId}</Code>
            </Text>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}

/** Why something was refused; the server's own words are marked as what they are. */
export function Refused({ error }: { error: unknown }) {
  const { text, lang } = refusal(error);
  return <span lang={lang}>{text}</span>;
}

interface ForbiddenProps {
  /** The permission that is missing. */
  needs?: Permission;
  /** What the server said of it. */
  error?: unknown;
}

/** A page that this role may not see: says what is missing and who can help. */
export function Forbidden({ needs, error }: ForbiddenProps) {
  const { t } = useTranslation();
  return (
    <Stack align="center" py={48} gap={12} role="alert" className="card">
      <Lock size={32} color="var(--mantine-color-dimmed)" aria-hidden />
      <Title order={2}>{t("error.forbidden")}</Title>
      {needs !== undefined && <Text c="dimmed">{t("refusal.no_permission", { a: t(`permission.${needs.toLowerCase()}`) })}</Text>}
      {error !== undefined && (
        <Text c="dimmed" component="div">
          <Refused error={error} />
        </Text>
      )}
      <Text c="dimmed">{t("error.ask_admin")}</Text>
    </Stack>
  );
}

function Gone() {
  const { t } = useTranslation();
  return (
    <Stack align="center" py={48} gap={12} role="alert" className="card">
      <SearchX size={32} color="var(--mantine-color-dimmed)" aria-hidden />
      <Title order={2}>{t("error.not_found")}</Title>
    </Stack>
  );
}
