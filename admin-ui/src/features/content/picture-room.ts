/** No picture in the text is higher, in pixels. */
export const HIGHEST = 360;

/** The room that a picture will take, so that the text stays where it is when its bytes arrive. */
export function roomOf({ width, height }: { width: number; height: number }): { width: string; aspectRatio: string } {
  const widest = Math.round(Math.min(width, (HIGHEST * width) / height));
  return { width: `min(100%, ${String(widest)}px)`, aspectRatio: `${String(width)} / ${String(height)}` };
}
