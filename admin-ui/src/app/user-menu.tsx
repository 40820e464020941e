import { Button, Menu } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, Languages, LogOut, Moon, Sun } from "lucide-react";
import { useTranslation } from "react-i18next";

import { chooseLanguage, currentLanguage } from "@/lib/i18n";
import { viewerOptions } from "@/lib/session";

import { useScheme } from "./use-scheme";
import { useSignOut } from "./use-sign-out";

/** Language, colours, and the way out. */
export function UserMenu() {
  const { t } = useTranslation();
  const viewer = useQuery(viewerOptions).data;
  const { isDark, turn } = useScheme();
  const signOut = useSignOut();
  return (
    <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button variant="subtle" rightSection={<ChevronDown size={14} aria-hidden />}>
          {viewer?.user.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {viewer?.user.email} · {viewer && t(`role.${viewer.role}`)}
        </Menu.Label>
        <Menu.Item
          leftSection={<Languages size={16} aria-hidden />}
          onClick={() => void chooseLanguage(currentLanguage() === "en" ? "zh-Hans" : "en")}
        >
          {t("app.language")}
        </Menu.Item>
        <Menu.Item
          leftSection={isDark ? <Sun size={16} aria-hidden /> : <Moon size={16} aria-hidden />}
          onClick={turn}
        >
          {t(isDark ? "app.light" : "app.dark")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<LogOut size={16} aria-hidden />}
          onClick={() => {
            signOut.mutate();
          }}
        >
          {t("auth.sign_out")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
