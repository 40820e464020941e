import type { Editor } from "@tiptap/react";
import { useEffect, useRef } from "react";

import { AssetPicker } from "@/components/asset-picker";

import type { Choice } from "../blocks";
import type { Incoming } from "../intake";
import { ItemPicker } from "./item-picker";

interface BlockChoiceProps {
  editor: Editor;
  choice: Choice | null;
  onDone: () => void;
  onText: (what: Incoming) => void;
}

/** Lets a person choose what comes into the text: a picture, a product, a video, or a file with a text. */
export function BlockChoice({ editor, choice, onDone, onText }: BlockChoiceProps) {
  const put = (content: { type: string; attrs: Record<string, string> }) => {
    onDone();
    editor.chain().focus().insertContent(content).run();
  };
  switch (choice) {
    case "picture":
      return <AssetPicker isOpen onClose={onDone} onPick={({ id, alt }) => { put({ type: "image", attrs: { asset: id, alt, caption: "" } }); }} />;
    case "product":
      return <ItemPicker kind="product" onClose={onDone} onPick={(id) => { put({ type: "productCard", attrs: { product: id } }); }} />;
    case "video":
      return <ItemPicker kind="video" onClose={onDone} onPick={(id) => { put({ type: "video", attrs: { video: id } }); }} />;
    case "file":
      return <TextFile onDone={onDone} onText={onText} />;
    default:
      return null;
  }
}

/** Asks for a file at once; what it holds is read as Markdown unless it says that it is a page. */
function TextFile({ onDone, onText }: Pick<BlockChoiceProps, "onDone" | "onText">) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const field = input.current;
    field?.addEventListener("cancel", onDone);
    field?.click();
    return () => field?.removeEventListener("cancel", onDone);
    // The file is asked for once.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return (
    <input
      ref={input}
      type="file"
      hidden
      accept=".md,.markdown,.txt,.html,.htm"
      onChange={async ({ currentTarget: { files } }) => {
        const file = files?.[0];
        onDone();
        if (file === undefined) return;
        const format = /\.html?$/i.test(file.name) ? "HTML" : "MARKDOWN";
        onText({ kind: "text", format, text: await file.text() });
      }}
    />
  );
}
