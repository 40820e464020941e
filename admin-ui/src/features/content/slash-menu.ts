import { Extension } from "@tiptap/core";
import { PluginKey } from "@tiptap/pm/state";
import Suggestion, { type SuggestionProps } from "@tiptap/suggestion";

import type { Block } from "./blocks";

/** The menu while it is open. */
export interface OpenMenu {
  blocks: Block[];
  index: number;
  /** Where the slash stands on the screen. */
  rect: DOMRect | null;
  pick: (block: Block) => void;
}

interface SlashOptions {
  find: (query: string) => Block[];
  onChange: (menu: OpenMenu | null) => void;
  onPick: (block: Block, props: Pick<SuggestionProps, "editor" | "range">) => void;
}

/** `/` and the full-width `／` at the start of a word open a menu of blocks. */
export const SlashMenu = Extension.create<SlashOptions>({
  name: "slashMenu",
  addOptions: () => ({ find: () => [], onChange: () => undefined, onPick: () => undefined }),
  addProseMirrorPlugins() {
    const { find, onChange, onPick } = this.options;
    return ["/", "／"].map((char) => {
      let menu: OpenMenu | null = null;
      const show = (next: OpenMenu | null) => {
        menu = next;
        onChange(next);
      };
      const opened = (props: SuggestionProps<Block, Block>): OpenMenu => ({
        blocks: props.items,
        index: 0,
        rect: props.clientRect?.() ?? null,
        pick: (block) => {
          props.command(block);
        },
      });
      return Suggestion<Block, Block>({
        editor: this.editor,
        pluginKey: new PluginKey(`slash ${char}`),
        char,
        // A slash that ends a word is a slash.
        allowedPrefixes: [" ", "　"],
        allow: ({ state }) => !state.selection.$from.parent.type.spec.code,
        items: ({ query }) => find(query),
        command: ({ editor, range, props: block }) => {
          onPick(block, { editor, range });
        },
        render: () => ({
          onStart: (props) => {
            show(opened(props));
          },
          onUpdate: (props) => {
            show(opened(props));
          },
          onExit: () => {
            show(null);
          },
          onKeyDown: ({ event, view }) => {
            if (menu === null || menu.blocks.length === 0 || event.isComposing || view.composing) return false;
            const { blocks, index } = menu;
            const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
            if (step !== 0) {
              show({ ...menu, index: (index + step + blocks.length) % blocks.length });
              return true;
            }
            const block = blocks[index];
            if ((event.key !== "Enter" && event.key !== "Tab") || block === undefined) return false;
            menu.pick(block);
            return true;
          },
        }),
      });
    });
  },
});
