import type { Person } from "./browser";

/** A picture that is large enough for every channel, as a camera's file. */
export async function pictureOf(person: Person): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const page = await person.context.newPage();
  await page.setViewportSize({ width: 1080, height: 1440 });
  await page.setContent('<body style="margin:0;height:100vh;background:linear-gradient(#8fb7c4,#1a7f4b)">');
  const buffer = await page.screenshot({ type: "jpeg" });
  await page.close();
  return { name: "tea.jpg", mimeType: "image/jpeg", buffer };
}
