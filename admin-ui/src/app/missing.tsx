import { Anchor, Stack, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

/** An address under which there is nothing. */
export function Missing() {
  const { t } = useTranslation();
  return (
    <Stack align="center" py={96} gap={12} component="main">
      <Title order={1}>{t("error.missing")}</Title>
      <Anchor component={Link} to="/">
        {t("nav.home")}
      </Anchor>
    </Stack>
  );
}
