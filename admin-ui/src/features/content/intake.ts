import { Extension } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { NodeSelection, Plugin, PluginKey, Selection } from "@tiptap/pm/state";
import { Decoration, DecorationSet, type EditorView } from "@tiptap/pm/view";

/** What came in from outside and is not text of ours yet. */
export type Incoming = { kind: "picture"; file: File } | { kind: "text"; format: "MARKDOWN" | "HTML"; text: string };

/** A place in the text that is kept for something until it is there. */
export interface Pending {
  id: number;
  dom: HTMLElement;
}

type Step = { add: Pending & { pos: number } } | { remove: number };

const key = new PluginKey<DecorationSet>("intake");

/** Catches pictures and foreign texts that are pasted or dropped; the rest is the editor's own affair. */
export const Intake = Extension.create<{ onIncoming: (view: EditorView, pos: number, what: Incoming) => void }>({
  name: "intake",
  addOptions: () => ({ onIncoming: () => undefined }),
  addProseMirrorPlugins() {
    const { onIncoming } = this.options;
    const take = (view: EditorView, pos: number, found: Incoming[]) => {
      for (const what of found) onIncoming(view, pos, what);
      return found.length > 0;
    };
    return [
      new Plugin<DecorationSet>({
        key,
        state: {
          init: () => DecorationSet.empty,
          apply: (transaction, places) => {
            const moved = places.map(transaction.mapping, transaction.doc);
            const step = transaction.getMeta(key) as Step | undefined;
            if (step === undefined) return moved;
            if ("remove" in step) return moved.remove(moved.find(undefined, undefined, (spec) => spec["id"] === step.remove));
            const { id, dom, pos } = step.add;
            return moved.add(transaction.doc, [Decoration.widget(pos, dom, { id, side: -1 })]);
          },
        },
        props: {
          decorations: (state) => key.getState(state),
          handlePaste: (view, event) => {
            const data = event.clipboardData;
            if (data === null || view.state.selection.$from.parent.type.spec.code) return false;
            return take(view, view.state.selection.from, incomingOf(data));
          },
          handleDrop: (view, event, _slice, isMoved) => {
            if (isMoved || event.dataTransfer === null) return false;
            const pos = view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos ?? view.state.selection.from;
            const found = picturesOf(event.dataTransfer);
            if (found.length > 0) event.preventDefault();
            return take(view, pos, found);
          },
        },
      }),
    ];
  },
});

/** Keeps a place until it is filled or let go. */
export function hold(view: EditorView, pos: number, pending: Pending): void {
  view.dispatch(view.state.tr.setMeta(key, { add: { ...pending, pos } } satisfies Step).setMeta("addToHistory", false));
}

export function letGo(view: EditorView, id: number): void {
  view.dispatch(view.state.tr.setMeta(key, { remove: id } satisfies Step).setMeta("addToHistory", false));
}

/**
 * Puts blocks where the place is by now, whatever was typed meanwhile; a single picture is chosen, so that its words can be
 * written, and after a text one goes on writing behind it.
 */
export function fill(view: EditorView, id: number, blocks: Node[]): void {
  const [place] = key.getState(view.state)?.find(undefined, undefined, (spec) => spec["id"] === id) ?? [];
  const transaction = view.state.tr.setMeta(key, { remove: id } satisfies Step);
  // The paragraph was taken out with all that is in it: nobody wants it any more.
  if (place === undefined) return;
  const spot = transaction.doc.resolve(place.from);
  const isInEmpty = spot.parent.isTextblock && spot.parent.content.size === 0 && spot.depth > 0;
  const from = isInEmpty ? spot.before() : spot.depth > 0 && spot.parent.isTextblock ? (spot.parentOffset === 0 ? spot.before() : spot.after()) : place.from;
  transaction.replaceWith(from, isInEmpty ? spot.after() : from, blocks);
  const [only] = blocks;
  if (blocks.length === 1 && only?.type.name === "image") transaction.setSelection(NodeSelection.create(transaction.doc, from));
  else if (view.state.selection.empty && view.state.selection.from === place.from) {
    const end = from + blocks.reduce((size, block) => size + block.nodeSize, 0);
    transaction.setSelection(Selection.near(transaction.doc.resolve(end), -1)).scrollIntoView();
  }
  view.dispatch(transaction);
}

const picturesOf = (data: DataTransfer): Incoming[] =>
  [...data.files].filter(({ type }) => type.startsWith("image/")).map((file) => ({ kind: "picture", file }));

function incomingOf(data: DataTransfer): Incoming[] {
  const html = data.getData("text/html");
  // What was cut out of an editor such as this comes back as it was.
  if (html.includes("data-pm-slice")) return [];
  if (isForeign(html)) return [{ kind: "text", format: "HTML", text: html }];
  const pictures = picturesOf(data);
  if (pictures.length > 0) return pictures;
  const text = data.getData("text/plain");
  return html === "" && isMarkdown(text) ? [{ kind: "text", format: "MARKDOWN", text }] : [];
}

/** Whether it has blocks, and not words alone. */
export function isForeign(html: string): boolean {
  return /<(p|section|h[1-6]|ul|ol|table|blockquote|pre|figure|article)[\s>]/i.test(html);
}

/** Whether somebody meant it to have form: a heading, a list, a quote, bold words, a link. */
export function isMarkdown(text: string): boolean {
  return /^(#{1,6} |[-*+] |\d+[.)] |> |```)/m.test(text) || /\*\*[^*\n]+\*\*|\[[^\]\n]+\]\([^)\s]+\)/.test(text);
}
