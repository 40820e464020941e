import { Combobox, Loader, Modal, Text, TextInput, VisuallyHidden, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";

import { type Item, type ItemGroup, matches, useActions, useFound, usePlaces } from "./palette-items";

/** Pages, actions and content by their names; the keyboard is enough for all of it. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal.Root opened onClose={onClose} size={640} yOffset={80}>
      <Modal.Overlay />
      <Modal.Content aria-label={t("palette.title")}>
        <Everything onClose={onClose} />
      </Modal.Content>
    </Modal.Root>
  );
}

function Everything({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const q = typed.trim();
  const [rested] = useDebouncedValue(q, 200);
  const found = useFound(q === "" ? "" : rested);
  const groups = [
    { label: t("palette.pages"), items: usePlaces().filter((item) => matches(item, q)) },
    { label: t("palette.actions"), items: useActions().filter((item) => matches(item, q)) },
    ...found.groups,
  ].filter(({ items }) => items.length > 0);
  const items = groups.flatMap((group) => group.items);
  const isSettled = q === rested && !found.isFetching;
  const combobox = useCombobox({ opened: true, onDropdownClose: onClose });
  const { selectFirstOption } = combobox;
  const shown = items.map(({ id }) => id).join();
  useEffect(() => {
    selectFirstOption();
  }, [shown, selectFirstOption]);
  return (
    <>
      <Combobox
        store={combobox}
        onOptionSubmit={(id) => {
          onClose();
          items.find((item) => item.id === id)?.run();
        }}
      >
        <Combobox.EventsTarget withExpandedAttribute>
          <TextInput
            data-autofocus
            variant="unstyled"
            size="lg"
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
            }}
            placeholder={t("palette.placeholder")}
            aria-label={t("palette.placeholder")}
            leftSection={<Search size={18} aria-hidden />}
            rightSection={isSettled ? null : <Loader size="xs" aria-hidden />}
          />
        </Combobox.EventsTarget>
        <Combobox.Options className="palette" tabIndex={0} aria-label={t("palette.results")}>
          {groups.map((group) => (
            <Group key={group.label} {...group} />
          ))}
        </Combobox.Options>
      </Combobox>
      {found.error !== null && q !== "" && <ErrorPanel error={found.error} retry={found.retry} />}
      {items.length === 0 && isSettled && found.error === null && (
        <Text c="dimmed" p={16}>
          {t("palette.none", { q })}
        </Text>
      )}
      <VisuallyHidden role="status">{isSettled && t("palette.count", { count: items.length })}</VisuallyHidden>
    </>
  );
}

function Group({ label, items }: ItemGroup) {
  return (
    <Combobox.Group label={label}>
      {items.map((item) => (
        <Option key={item.id} item={item} />
      ))}
    </Combobox.Group>
  );
}

function Option({ item: { id, icon: Icon, label, note } }: { item: Item }) {
  return (
    <Combobox.Option value={id} className="palette-item">
      <Icon size={16} aria-hidden />
      <span className="palette-label">{label}</span>
      {note !== undefined && <span className="palette-note">{note}</span>}
    </Combobox.Option>
  );
}
