import type { Node } from "@tiptap/pm/model";
import type { EditorView } from "@tiptap/pm/view";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { graphql, request } from "@/lib/graphql";
import { said } from "@/lib/refusal";
import { upload } from "@/lib/upload";

import { type Incoming, fill, hold, letGo } from "./intake";

const TextBody = graphql(`
  query TextBody($format: TextFormat!, $text: String!) {
    textBody(format: $format, text: $text) {
      body
      missingPictures
    }
  }
`);

/** What a person is told once something came in. */
export interface Notice {
  missing: number;
  isKnown: boolean;
}

/** Brings pictures and texts in: each has its place in the text at once, with its progress and a way to give it up. */
export function useIntake() {
  const { t } = useTranslation();
  const [notice, setNotice] = useState<Notice | null>(null);
  const next = useRef(1);

  const bring = async (view: EditorView, pos: number, what: Incoming): Promise<void> => {
    const id = next.current++;
    const stop = new AbortController();
    const name = what.kind === "picture" ? what.file.name : t("body.reading");
    const box = pendingBox(name, t("body.give_up", { name }));
    box.giveUp.onclick = () => {
      stop.abort();
      letGo(view, id);
    };
    hold(view, pos, { id, dom: box.dom });
    const attempt = async (): Promise<void> => {
      try {
        const blocks = await (what.kind === "picture" ? picture(view, what.file, box, stop.signal) : text(view, what, stop.signal));
        if (!view.isDestroyed && !stop.signal.aborted) fill(view, id, blocks);
      } catch (error) {
        if (stop.signal.aborted || view.isDestroyed) return;
        if (what.kind === "text") {
          // Nothing that was pasted is lost: without the server it comes in as the browser reads it.
          letGo(view, id);
          if (what.format === "HTML") view.pasteHTML(what.text);
          else view.dispatch(view.state.tr.insertText(what.text));
          return;
        }
        box.fail(t("body.not_brought", { name, reason: said(error) }), t("error.retry"), () => void attempt());
      }
    };
    await attempt();
  };

  const picture = async (view: EditorView, file: File, box: PendingBox, signal: AbortSignal): Promise<Node[]> => {
    const { id, alt, duplicate } = await upload(file, box.progress, signal);
    if (duplicate) setNotice({ missing: 0, isKnown: true });
    return [view.state.schema.node("image", { asset: id, alt, caption: "" })];
  };

  const text = async (view: EditorView, what: Incoming & { kind: "text" }, signal: AbortSignal): Promise<Node[]> => {
    const { textBody } = await request(TextBody, { format: what.format, text: what.text }, signal);
    if (textBody.missingPictures.length > 0) setNotice({ missing: textBody.missingPictures.length, isKnown: false });
    const { content } = view.state.schema.nodeFromJSON(textBody.body);
    return [...content.content];
  };

  return {
    bring,
    notice,
    dismiss: () => {
      setNotice(null);
    },
  };
}

interface PendingBox {
  dom: HTMLElement;
  giveUp: HTMLButtonElement;
  progress: (part: number) => void;
  fail: (reason: string, retry: string, again: () => void) => void;
}

/** What stands in the text meanwhile; made by hand, since the text's own elements are no part of React's tree. */
function pendingBox(name: string, giveUpLabel: string): PendingBox {
  const dom = document.createElement("div");
  dom.className = "pending";
  dom.contentEditable = "false";
  const label = document.createElement("span");
  label.role = "status";
  label.textContent = name;
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.ariaLabel = name;
  const giveUp = document.createElement("button");
  giveUp.type = "button";
  giveUp.textContent = "×";
  giveUp.ariaLabel = giveUpLabel;
  dom.append(label, bar, giveUp);
  return {
    dom,
    giveUp,
    progress: (part) => {
      bar.value = part;
    },
    fail: (reason, retry, again) => {
      label.textContent = reason;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = retry;
      button.onclick = () => {
        label.textContent = name;
        button.replaceWith(bar);
        bar.removeAttribute("value");
        again();
      };
      bar.replaceWith(button);
    },
  };
}
