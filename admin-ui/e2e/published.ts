import { ask } from "./api";
import type { Person } from "./browser";
import { pictureOf } from "./picture";
import { TEXT } from "./text";

/** A published story with a picture, made beside the page; its id. */
export async function publishedStory(person: Person, title: string): Promise<string> {
  const { admin } = person.demo;
  const file = await pictureOf(person);
  const uploaded = await person.context.request.post(`${admin}/uploads?name=${file.name}`, { headers: { origin: new URL(admin).origin }, data: file.buffer });
  const asset = (await uploaded.json()) as { id: string };
  const body = { type: "doc", content: [{ type: "paragraph", content: [{ type: "text", text: TEXT }] }] };
  const { createStory } = await ask<{ createStory: { story: { id: string } } }>(
    person,
    "mutation($input: CreateStoryInput!) { createStory(input: $input) { story { id } } }",
    { input: { content: { title, body, coverId: asset.id } } },
  );
  const { id } = createStory.story;
  await ask(person, "mutation($input: StoryIdInput!) { publishStory(input: $input) { story { id } } }", { input: { id } });
  return id;
}
