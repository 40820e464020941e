import { Loader, Modal, Text, TextInput, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";

import { type Item, matches, useActions, useFound, usePlaces } from "./palette-items";

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
  const listId = useId();
  const [typed, setTyped] = useState("");
  const [chosenId, setChosenId] = useState<string>();
  const [isEntered, setIsEntered] = useState(false);
  const q = typed.trim();
  const [rested] = useDebouncedValue(q, 200);
  const found = useFound(q === "" ? "" : rested);
  const isSettled = q === rested && !found.isFetching;
  const pages = usePlaces().filter((item) => matches(item, q));
  const actions = useActions().filter((item) => matches(item, q));
  const groups = [{ label: t("palette.pages"), items: pages }, { label: t("palette.actions"), items: actions }, ...found.groups];
  const items = groups.flatMap((group) => group.items);
  const at = Math.max(
    items.findIndex(({ id }) => id === chosenId),
    0,
  );
  const chosen = items[at];
  // What was found for the last text stays in sight until the next is found: it is not what was asked for.
  const isSure = isSettled || at < pages.length + actions.length;

  const choose = (item: Item) => {
    onClose();
    item.run();
  };
  const enter = useEffectEvent(choose);
  useEffect(() => {
    if (isEntered && isSure && chosen !== undefined) enter(chosen);
  }, [isEntered, isSure, chosen]);

  const press = (event: KeyboardEvent) => {
    // Safari ends the composition before the Enter that chose its words; 229 says that the input method took the key.
    if (event.nativeEvent.isComposing || event.which === INPUT_METHOD) return;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined) setChosenId(items.at((at + move) % items.length)?.id);
    else if (event.key === "Enter") setIsEntered(true);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <TextInput
        data-autofocus
        variant="unstyled"
        size="lg"
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setChosenId(undefined);
          setIsEntered(false);
        }}
        onKeyDown={press}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={chosen && optionId(listId, chosen)}
        placeholder={t("palette.placeholder")}
        aria-label={t("palette.placeholder")}
        leftSection={<Search size={18} aria-hidden />}
        rightSection={isSettled ? null : <Loader size="xs" aria-hidden />}
      />
      <div id={listId} className="palette" role="listbox" tabIndex={0} aria-label={t("palette.results")}>
        {groups.map(
          (group) =>
            group.items.length > 0 && (
              <div key={group.label} role="group" aria-label={group.label}>
                <div className="palette-group" aria-hidden>
                  {group.label}
                </div>
                {group.items.map((item) => (
                  <Option key={item.id} id={optionId(listId, item)} item={item} isChosen={item === chosen} onChoose={choose} />
                ))}
              </div>
            ),
        )}
      </div>
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

const INPUT_METHOD = 229;
const optionId = (listId: string, { id }: Item) => `${listId}-${id.replaceAll(" ", "-")}`;

function Option({ id, item, isChosen, onChoose }: { id: string; item: Item; isChosen: boolean; onChoose: (item: Item) => void }) {
  const { icon: Icon, label, note } = item;
  const ref = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isChosen) ref.current?.scrollIntoView({ block: "nearest" });
  }, [isChosen]);
  return (
    <UnstyledButton
      ref={ref}
      id={id}
      className="palette-item"
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      onMouseDown={(event) => {
        event.preventDefault();
      }}
      onClick={() => {
        onChoose(item);
      }}
    >
      <Icon size={16} aria-hidden />
      <span className="palette-label">{label}</span>
      {note !== undefined && <span className="palette-note">{note}</span>}
    </UnstyledButton>
  );
}
