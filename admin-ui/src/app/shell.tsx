import { Anchor, AppShell, Button, Group, NavLink, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { Suspense, lazy } from "react";
import { useTranslation } from "react-i18next";

import { siteOptions, viewerOptions } from "@/lib/session";

import { Finder } from "./finder";
import { RAIL } from "./rail";
import { ShortcutsButton } from "./shortcuts-button";
import { useGoKeys } from "./use-go-keys";

const UserMenu = lazy(async () => ({ default: (await import("./user-menu")).UserMenu }));

/** The frame of every page: top bar, rail, the page itself. */
export function Shell() {
  const { t } = useTranslation();
  const site = useQuery(siteOptions).data;
  const viewer = useQuery(viewerOptions).data;
  const path = useRouterState({ select: (state) => state.location.pathname });
  useGoKeys();
  const isHere = (to: string) => (to === "/" ? path === "/" : path.startsWith(to));
  return (
    <AppShell header={{ height: 48 }} navbar={{ width: { base: 88, md: 200 }, breakpoint: 0 }} padding={0}>
      <AppShell.Header withBorder>
        <Group h="100%" px={16} justify="space-between" wrap="nowrap">
          <Group gap={12} wrap="nowrap">
            <Anchor href="#main" className="skip">
              {t("app.skip")}
            </Anchor>
            <Text fw={600} size="lg" c="var(--fenfa-run)">
              {t("app.name")}
            </Text>
            <Text c="dimmed">{site?.name}</Text>
          </Group>
          <Group gap={4} wrap="nowrap">
            <Finder />
            <ShortcutsButton />
            <Suspense fallback={<Button variant="subtle" rightSection={<ChevronDown size={14} aria-hidden />}>{viewer?.user.name}</Button>}>
              <UserMenu />
            </Suspense>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p={8} aria-label={t("app.menu")}>
        {RAIL.map(({ to, key, icon: Icon }) => (
          <NavLink
            key={to}
            component={Link}
            to={to}
            className="rail-link"
            label={t(`nav.${key}`)}
            leftSection={<Icon size={16} aria-hidden />}
            active={isHere(to)}
            aria-current={isHere(to) ? "page" : undefined}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="main">
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
