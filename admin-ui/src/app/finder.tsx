import { Button, Kbd } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { Search } from "lucide-react";
import { Suspense, lazy } from "react";
import { useTranslation } from "react-i18next";

import { MOD } from "@/lib/keys";

const Palette = lazy(async () => ({ default: (await import("./palette")).Palette }));

/** The way to everything: its button, its keys, and the palette once it is asked for. */
export function Finder() {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  useHotkeys([["mod+K", open]], [], true);
  return (
    <>
      <Button
        variant="subtle"
        onClick={open}
        leftSection={<Search size={16} aria-hidden />}
        rightSection={<Kbd aria-hidden>{MOD} K</Kbd>}
        aria-keyshortcuts="Control+K Meta+K"
      >
        {t("palette.open")}
      </Button>
      <Suspense>{isOpen && <Palette onClose={close} />}</Suspense>
    </>
  );
}
