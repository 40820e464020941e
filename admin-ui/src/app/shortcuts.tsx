import { Kbd, Title } from "@mantine/core";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";
import { MOD } from "@/lib/keys";

import { RAIL } from "./rail";

/** What can be done by the keyboard, and where. */
export function Shortcuts({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const go = RAIL.flatMap((page) => ("go" in page ? [{ label: t("shortcuts.go", { page: t(`nav.${page.key}`) }), keys: ["G", page.go.toUpperCase()] }] : []));
  const groups = [
    {
      label: t("shortcuts.everywhere"),
      keys: [{ label: t("palette.title"), keys: [MOD, "K"] }, { label: t("shortcuts.title"), keys: ["?"] }, ...go, { label: t("shortcuts.escape"), keys: ["Esc"] }],
    },
    {
      label: t("shortcuts.lists"),
      keys: [
        { label: t("shortcuts.filter"), keys: ["/"] },
        { label: t("shortcuts.rows"), keys: ["J", "K"] },
        { label: t("shortcuts.choose"), keys: ["X"] },
        { label: t("shortcuts.open"), keys: ["Enter"] },
        { label: t("story.new"), keys: ["N"] },
      ],
    },
    { label: t("shortcuts.editor"), keys: [{ label: t("shortcuts.save"), keys: [MOD, "S"] }] },
    {
      label: t("delivery.review_title"),
      keys: [
        { label: t("shortcuts.rows"), keys: ["J", "K"] },
        { label: t("shortcuts.candidate"), keys: ["1", "…", "9"] },
        { label: t("delivery.resolve_RESEND"), keys: ["R"] },
        { label: t("delivery.resolve_END"), keys: ["E"] },
      ],
    },
  ];
  return (
    <Dialog title={t("shortcuts.title")} isOpen onClose={onClose} size={560}>
      {groups.map((group) => (
        <section key={group.label}>
          <Title order={3}>{group.label}</Title>
          <dl className="keys">
            {group.keys.map(({ label, keys }) => (
              <Fragment key={label}>
                <dt>{label}</dt>
                <dd>
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </dd>
              </Fragment>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
