import { Avatar, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { listed } from "@/lib/text";

import { useOthers } from "../use-others";

/** Who else has the story open, so that two do not write over each other. */
export function Others({ story }: { story: string }) {
  const { t } = useTranslation();
  const others = useOthers(story);
  return (
    <Group component="span" gap={4} role="status" wrap="nowrap">
      {others.map(({ id, name }) => (
        <Avatar key={id} component="span" size={22} radius="xl" variant="outline" color="var(--fenfa-ask)" aria-hidden>
          {[...name][0]}
        </Avatar>
      ))}
      {others.length > 0 && (
        <Text component="span" size="sm" c="var(--fenfa-ask)">
          {t("story.others", { count: others.length, names: listed(others.map(({ name }) => name)) })}
        </Text>
      )}
    </Group>
  );
}
