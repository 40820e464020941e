import { Placeholder } from "@tiptap/extensions";
import { EditorContent, useEditor } from "@tiptap/react";
import StarterKit from "@tiptap/starter-kit";
import { useTranslation } from "react-i18next";

import { cleanBody } from "../body";
import { PictureNode, ProductCardNode, VideoNode } from "./body-nodes";
import { BodyToolbar } from "./body-toolbar";

interface BodyEditorProps {
  /** The text to begin with; later changes come from the keyboard. */
  initial: unknown;
  onChange: (body: unknown) => void;
  isReadOnly: boolean;
}

/** The text of a story. */
export function BodyEditor({ initial, onChange, isReadOnly }: BodyEditorProps) {
  const { t } = useTranslation();
  const editor = useEditor({
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
    ],
    content: initial as object,
    editable: !isReadOnly,
    injectCSS: false,
    editorProps: {
      attributes: { class: "reading body", "aria-label": t("story.body"), role: "textbox", "aria-multiline": "true" },
    },
    onUpdate: ({ editor: now }) => {
      onChange(cleanBody(now.getJSON()));
    },
  });
  return (
    <div className="card">
      {!isReadOnly && <BodyToolbar editor={editor} />}
      <EditorContent editor={editor} />
    </div>
  );
}
