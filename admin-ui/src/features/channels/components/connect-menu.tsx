import { Button, Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useChannels } from "@/lib/channels";
import { localText } from "@/lib/text";

/** The channels to which an account can be connected. */
export function ConnectMenu() {
  const { t } = useTranslation();
  const channels = useChannels();
  return (
    <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button leftSection={<Plus size={16} aria-hidden />}>{t("connect.open")}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {channels.map((channel) => (
          <Menu.Item key={channel.id} component={Link} to={`/channels/connect/${channel.id}`}>
            {localText(channel.name)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
