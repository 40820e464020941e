import { Button, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";

/** An address under which there is nothing. */
export function Missing() {
  const { t } = useTranslation();
  return (
    <Page title={t("error.missing")}>
      <Stack align="center" py={48} gap={12} className="card">
        <SearchX size={32} color="var(--mantine-color-dimmed)" aria-hidden />
        <Text c="dimmed">{t("error.missing_why")}</Text>
        <Button component={Link} to="/" variant="default">
          {t("setup.home")}
        </Button>
      </Stack>
    </Page>
  );
}
