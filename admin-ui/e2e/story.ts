import type { Locator } from "playwright-core";

import { ask } from "./api";
import type { Person } from "./browser";

export interface Kept {
  title: string;
  lead: string;
  bodyMarkdown: string;
}

/** A draft of its own, in paragraphs. */
export async function draft(person: Person, title: string, ...paragraphs: string[]): Promise<string> {
  const body = { type: "doc", content: paragraphs.map((text) => ({ type: "paragraph", content: [{ type: "text", text }] })) };
  const mutation = "mutation($input: CreateStoryInput!) { createStory(input: $input) { story { id } } }";
  return (await ask<{ createStory: { story: { id: string } } }>(person, mutation, { input: { content: { title, body } } })).createStory.story.id;
}

/** What the server has of a story: saved, and what is being typed. */
export async function kept(person: Person, id: string): Promise<{ story: Kept; typed: Kept | null }> {
  const query = `query($id: ID!) {
    story(id: $id) { content { title lead bodyMarkdown } }
    storyAutosave(id: $id) { content { title lead bodyMarkdown } }
  }`;
  const { story, storyAutosave } = await ask<{ story: { content: Kept }; storyAutosave: { content: Kept } | null }>(person, query, { id });
  return { story: story.content, typed: storyAutosave?.content ?? null };
}

/** The text that is written. */
export const bodyOf = (person: Person): Locator => person.page.locator(".ProseMirror");

/** Puts the cursor behind the last word. The browser tells the text of it a little later, so that takes a frame. */
export async function toEnd(person: Person): Promise<void> {
  await person.page.keyboard.press("Control+End");
  await person.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** Pastes what another program left on the clipboard. */
export async function paste(person: Person, data: { text?: string; html?: string; picture?: string }): Promise<void> {
  await bodyOf(person).evaluate(async (element, { text, html, picture }) => {
    const clipboardData = new DataTransfer();
    if (text !== undefined) clipboardData.setData("text/plain", text);
    if (html !== undefined) clipboardData.setData("text/html", html);
    if (picture !== undefined) {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [800, 600];
      canvas.getContext("2d")?.fillRect(0, 0, 400, 300);
      const blob = await new Promise<Blob | null>((resolve) => {
        canvas.toBlob(resolve, "image/png");
      });
      if (blob !== null) clipboardData.items.add(new File([blob], picture, { type: "image/png" }));
    }
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, data);
}
