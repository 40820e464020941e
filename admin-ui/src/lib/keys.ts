/** What the key is called that makes shortcuts on this machine. */
export const MOD = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl";

/** A dialog has the keyboard to itself: what lies below it does not listen to single keys. */
export function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"]') !== null;
}
