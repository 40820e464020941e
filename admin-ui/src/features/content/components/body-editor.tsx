import { Alert, Portal } from "@mantine/core";
import { useDebouncedCallback, useWindowEvent } from "@mantine/hooks";
import type { Editor } from "@tiptap/core";
import { Placeholder } from "@tiptap/extensions";
import { EditorContent, useEditor } from "@tiptap/react";
import StarterKit from "@tiptap/starter-kit";
import { useState } from "react";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";

import { cleanBody } from "../body";
import { type Choice, blocksFor } from "../blocks";
import { type Incoming, Intake } from "../intake";
import { type OpenMenu, SlashMenu } from "../slash-menu";
import { useIntake } from "../use-intake";
import { BlockChoice } from "./block-choice";
import { PictureNode, ProductCardNode, VideoNode } from "./body-nodes";
import { BodyToolbar } from "./body-toolbar";
import "./editor.css";
import { Outline } from "./outline";
import { SlashList } from "./slash-list";

const REST_MS = 200;

interface BodyEditorProps {
  /** The text to begin with; later changes come from the keyboard. */
  initial: unknown;
  /** Told when the fingers rest, and before anything else is done with the text: a long one is too much to read at each key. */
  onChange: (body: unknown) => void;
  isReadOnly: boolean;
  /** Where the table of contents stands. */
  outline: HTMLElement | null;
}

/** The text of a story. */
export function BodyEditor({ initial, onChange, isReadOnly, outline }: BodyEditorProps) {
  const { t } = useTranslation();
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const [choice, setChoice] = useState<Choice | null>(null);
  const { bring, notice, dismiss } = useIntake();
  const lift = useDebouncedCallback(
    (now: Editor) => {
      onChange(cleanBody(now.getJSON()));
    },
    { delay: REST_MS, flushOnUnmount: true },
  );
  const liftNow = () => {
    flushSync(() => {
      lift.flush();
    });
  };
  useWindowEvent("beforeunload", liftNow);
  const editor = useEditor(
    {
      extensions: [
        StarterKit.configure({
          heading: { levels: [2, 3, 4] },
          link: { openOnClick: false, autolink: true, protocols: ["http", "https", "mailto", "tel"] },
          trailingNode: false,
          underline: false,
        }),
        Placeholder.configure({ placeholder: t("body.placeholder") }),
        PictureNode,
        VideoNode,
        ProductCardNode,
        SlashMenu.configure({
          find: (query) => blocksFor(query, (key) => t(`body.${key}`)),
          onChange: setMenu,
          onPick: ({ run, choice: asked }, { editor: now, range }) => {
            if (run !== undefined) run(now, range);
            else now.chain().focus().deleteRange(range).run();
            setChoice(asked ?? null);
          },
        }),
        Intake.configure({ onIncoming: (view, pos, what) => void bring(view, pos, what) }),
      ],
      content: initial as object,
      editable: !isReadOnly,
      injectCSS: false,
      shouldRerenderOnTransaction: false,
      editorProps: {
        attributes: { class: "reading body", "aria-label": t("story.body"), role: "textbox", "aria-multiline": "true" },
        handleDOMEvents: {
          blur: liftNow,
          // What saves and what opens the palette must find the text whole.
          keydown: (_, event) => {
            if (event.ctrlKey || event.metaKey) liftNow();
          },
        },
      },
      onUpdate: ({ editor: now }) => {
        lift(now);
      },
    },
    // Never given its options again: that would move the cursor under somebody's fingers.
    [isReadOnly, t],
  );
  const readText = (what: Incoming) => void bring(editor.view, editor.state.selection.from, what);
  return (
    <div className="card">
      {!isReadOnly && <BodyToolbar editor={editor} onChoose={setChoice} />}
      {notice !== null && (
        <Alert variant="outline" m={8} py={8} withCloseButton closeButtonLabel={t("dialog.close")} onClose={dismiss} role="status">
          {notice.isKnown ? t("body.known") : t("body.missing", { count: notice.missing })}
        </Alert>
      )}
      <EditorContent editor={editor} />
      {menu !== null && <SlashList editor={editor} menu={menu} />}
      <BlockChoice editor={editor} choice={choice} onText={readText} onDone={() => { setChoice(null); }} />
      {outline !== null && (
        <Portal target={outline}>
          <Outline editor={editor} />
        </Portal>
      )}
    </div>
  );
}
