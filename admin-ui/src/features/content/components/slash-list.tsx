import { Paper, Portal, Text } from "@mantine/core";
import type { Editor } from "@tiptap/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { OpenMenu } from "../slash-menu";

const ID = "slash-list";
const HEIGHT = 320;

/** The blocks that can be put where the slash stands; the keys stay in the text. */
export function SlashList({ editor, menu }: { editor: Editor; menu: OpenMenu }) {
  const { t } = useTranslation();
  const list = useRef<HTMLDivElement>(null);
  const { blocks, index, rect } = menu;
  useEffect(() => {
    const { dom } = editor.view;
    dom.setAttribute("aria-controls", ID);
    dom.setAttribute("aria-activedescendant", `${ID}-${String(index)}`);
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    return () => {
      dom.removeAttribute("aria-controls");
      dom.removeAttribute("aria-activedescendant");
    };
  }, [editor, index]);
  if (rect === null) return null;
  const isLow = rect.bottom + HEIGHT > window.innerHeight;
  return (
    <Portal target="main">
      <Paper
        className="slash"
        shadow="md"
        style={{ left: rect.left, ...(isLow ? { bottom: window.innerHeight - rect.top + 4 } : { top: rect.bottom + 4 }) }}
        ref={list}
        {...(blocks.length > 0 && { id: ID, role: "listbox", "aria-label": t("body.insert") })}
      >
        {blocks.length === 0 && (
          <Text size="sm" c="dimmed" px={12} py={6} role="status">
            {t("body.no_block")}
          </Text>
        )}
        {blocks.map((block, place) => {
          const Icon = block.icon;
          return (
            // The keys are the text's own: arrows and Enter choose, see the menu's plugin.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
            <div
              key={block.key}
              id={`${ID}-${String(place)}`}
              role="option"
              aria-selected={place === index}
              className="slash-item"
              onMouseDown={(event) => {
                event.preventDefault();
              }}
              onClick={() => {
                menu.pick(block);
              }}
            >
              <Icon size={16} aria-hidden />
              <span>{t(`body.${block.key}`)}</span>
              <span className="slash-word">{block.words.at(-1)}</span>
            </div>
          );
        })}
      </Paper>
    </Portal>
  );
}
