import { Button, Group, TextInput } from "@mantine/core";
import type { Editor } from "@tiptap/react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";

const SAFE = /^(https?:\/\/|mailto:|tel:|\/(?!\/))/i;

/** Where the marked words lead; an empty address takes the link away. */
export function LinkDialog({ editor, onClose }: { editor: Editor; onClose: () => void }) {
  const { t } = useTranslation();
  const before: unknown = editor.getAttributes("link")["href"];
  const [href, setHref] = useState(typeof before === "string" ? before : "");
  const isUsable = href.trim() === "" || SAFE.test(href.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (!isUsable) return;
    const chain = editor.chain().focus().extendMarkRange("link");
    if (href.trim() === "") chain.unsetLink().run();
    else chain.setLink({ href: href.trim() }).run();
    onClose();
  };
  return (
    <Dialog title={t("body.link")} isOpen onClose={onClose}>
      <form onSubmit={submit}>
        <TextInput
          label={t("body.address")}
          value={href}
          onChange={(event) => {
            setHref(event.currentTarget.value);
          }}
          error={isUsable ? undefined : t("body.address_unusable")}
          data-autofocus
        />
        <Group justify="flex-end" mt={16}>
          <Button variant="default" onClick={onClose}>
            {t("dialog.back")}
          </Button>
          <Button type="submit" disabled={!isUsable}>
            {t("body.set_link")}
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
