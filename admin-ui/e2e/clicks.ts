import type { BrowserContext, Page } from "playwright-core";

const KEY = "fenfa.e2e.clicks";

/** Counts every click that a mouse makes in the pages of a window; keys that press a button are none. */
export async function countClicks(context: BrowserContext): Promise<void> {
  await context.addInitScript((key) => {
    addEventListener(
      "click",
      (event) => {
        if (event.isTrusted && event.detail > 0) sessionStorage.setItem(key, String(Number(sessionStorage.getItem(key) ?? 0) + 1));
      },
      true,
    );
  }, KEY);
}

/** How many there were so far. */
export function clicksOf(page: Page): Promise<number> {
  return page.evaluate((key) => Number(sessionStorage.getItem(key) ?? 0), KEY);
}
