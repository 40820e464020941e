import { Button, Group, Text } from "@mantine/core";
import { Archive, ArchiveRestore, EyeOff, Globe } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useMay } from "@/lib/session";

import { BULK_ACTIONS, type BulkAction, type BulkStory, applicable } from "../bulk";
import { BulkDialog } from "./bulk-dialog";

const ICONS = { publish: Globe, unpublish: EyeOff, archive: Archive, restore: ArchiveRestore };

interface BulkBarProps {
  chosen: BulkStory[];
  /** Those that stay chosen. */
  onChange: (ids: string[]) => void;
}

/** What can be done with the stories that are chosen; a button says for how many of them. */
export function BulkBar({ chosen, onChange }: BulkBarProps) {
  const { t } = useTranslation();
  const mayPublish = useMay("PUBLISH");
  const mayWrite = useMay("WRITE_CONTENT");
  const [asked, setAsked] = useState<{ action: BulkAction; stories: BulkStory[] } | null>(null);
  const able = BULK_ACTIONS.filter((action) => (action === "restore" ? mayWrite : mayPublish));
  return (
    <>
      {chosen.length > 0 && (
        <Group gap={8} className="card pad bulk" role="region" aria-label={t("bulk.title")}>
          <Text fw={600} role="status">
            {t("bulk.chosen", { count: chosen.length })}
          </Text>
          {able.map((action) => {
            const stories = applicable(action, chosen);
            const Icon = ICONS[action];
            if (stories.length === 0) return null;
            return (
              <Button
                key={action}
                variant="default"
                leftSection={<Icon size={16} aria-hidden />}
                onClick={() => {
                  setAsked({ action, stories });
                }}
              >
                {t(`bulk.${action}`, { count: stories.length })}
              </Button>
            );
          })}
          <Button
            variant="subtle"
            onClick={() => {
              onChange([]);
            }}
          >
            {t("bulk.none")}
          </Button>
        </Group>
      )}
      {asked !== null && (
        <BulkDialog
          {...asked}
          onClose={(done) => {
            setAsked(null);
            onChange(chosen.map(({ id }) => id).filter((id) => !done.has(id)));
          }}
        />
      )}
    </>
  );
}
