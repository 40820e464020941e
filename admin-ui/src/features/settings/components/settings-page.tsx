import { NavLink, Stack } from "@mantine/core";
import { Link, useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { Forbidden } from "@/components/states";
import { type Permission, useMay } from "@/lib/session";

import { SECTIONS, type Section } from "../sections";

interface SettingsPageProps {
  section: Section;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page of the settings beside the list of those that this role may see. */
export function SettingsPage({ section, actions, children }: SettingsPageProps) {
  const { t } = useTranslation();
  const here = SECTIONS.find((one) => one.key === section) ?? SECTIONS[0];
  const mayBeHere = useMay(here.needs);
  return (
    <Page title={t(`settings.${section}`)} lead={t(`settings.${section}_lead`)} actions={mayBeHere && actions}>
      <div className="settings">
        <nav aria-label={t("nav.settings")}>
          {SECTIONS.map((one) => (
            <SectionLink key={one.key} to={one.to} name={one.key} needs={one.needs} />
          ))}
        </nav>
        <Stack gap={16}>{mayBeHere ? children : <Forbidden needs={here.needs} />}</Stack>
      </div>
    </Page>
  );
}

function SectionLink({ to, name, needs }: { to: string; name: Section; needs: Permission }) {
  const { t } = useTranslation();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const isHere = path === to;
  if (!useMay(needs)) return null;
  return <NavLink component={Link} to={to} activeOptions={{ exact: true }} label={t(`settings.${name}`)} active={isHere} aria-current={isHere ? "page" : undefined} />;
}
