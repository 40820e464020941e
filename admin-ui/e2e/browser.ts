import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";

import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, type Page, chromium } from "playwright-core";
import { TestRunner, expect, onTestFailed } from "vitest";

/** A running server, and who may sign in. */
export interface Place {
  admin: string;
  email: string;
  password: string;
}

export type Language = "zh-Hans" | "en";

const TYPES: Record<string, string> = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

/** Takes the pages from a folder (`FENFA_DIST=dist`): to try them before the server is built again. The policy stays the server's. */
async function serveFrom(context: BrowserContext, dist: string): Promise<void> {
  await context.route(/\/admin(\/(?!graphql|uploads)[^?]*)?(\?.*)?$/, async (route) => {
    const { pathname } = new URL(route.request().url());
    const contentType = TYPES[extname(pathname)];
    if (contentType !== undefined) {
      await route.fulfill({ body: await readFile(join(dist, pathname.replace(/^\/admin\//, ""))), contentType });
      return;
    }
    const response = await route.fetch({ maxRetries: 2 });
    const nonce = /'nonce-(\w+)'/.exec(response.headers()["content-security-policy"] ?? "")?.[1] ?? "";
    const body = (await readFile(join(dist, "index.html"), "utf8")).replace('name="csp-nonce" content=""', `name="csp-nonce" content="${nonce}"`);
    await route.fulfill({ response, body });
  });
}

/** The system's Chromium. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
}

/** A browser window of one person; whatever its pages complain about is kept. */
export class Person {
  readonly complaints: string[] = [];
  readonly demo: Place;
  readonly context: BrowserContext;
  readonly page: Page;

  private constructor(demo: Place, context: BrowserContext, page: Page) {
    this.demo = demo;
    this.context = context;
    this.page = page;
  }

  static async open(browser: Browser, demo: Place, language: Language = "zh-Hans", scheme: "light" | "dark" = "light"): Promise<Person> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      colorScheme: scheme,
      locale: language === "en" ? "en-GB" : "zh-CN",
      timezoneId: "Asia/Shanghai",
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(60_000);
    if (process.env["FENFA_DIST"] !== undefined) await serveFrom(context, process.env["FENFA_DIST"]);
    await context.addInitScript(
      ([code, colours]) => {
        // An empty page keeps nothing.
        if (location.protocol === "about:") return;
        localStorage.setItem("fenfa.language", code);
        localStorage.setItem("fenfa.scheme", colours);
      },
      [language, scheme] as const,
    );
    const page = await context.newPage();
    const person = new Person(demo, context, page);
    page.on("console", (message) => {
      if (message.type() === "error") person.complaints.push(message.text());
    });
    page.on("pageerror", (error) => person.complaints.push(error.message));
    // Whoever reads of a failure sees what the person saw; who is there for several tests has none of their own.
    if (TestRunner.getCurrentTest() !== undefined) {
      onTestFailed(async () => {
        console.error(`${demo.email} was at ${page.url()}:\n${await page.locator("body").innerText()}\n${person.complaints.join("\n")}`);
      });
    }
    return person;
  }

  /** Signs in, as the demo's first person unless another is named. */
  async signIn({ email, password }: { email: string; password: string } = this.demo): Promise<void> {
    const { page, demo } = this;
    await page.goto(`${demo.admin}/login`);
    await page.locator('input[type="email"]').fill(email);
    await page.locator('input[type="password"]').fill(password);
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => !url.pathname.endsWith("/login"));
    // Until then nobody is signed in, and the browser says so.
    this.complaints.length = 0;
  }

  /** Goes to a page and waits until it has what it shows. */
  async visit(path: string): Promise<void> {
    await this.page.goto(`${this.demo.admin}${path}`);
    await this.settled();
  }

  /** The same without loading the app anew, as a link within it goes. */
  async goTo(path: string): Promise<void> {
    const { page } = this;
    await page.evaluate((to) => {
      window.history.pushState({}, "", to);
    }, `${new URL(this.demo.admin).pathname}${path}`);
    await page.waitForFunction((to) => decodeURI(location.href).endsWith(to) && document.querySelector("main h1") !== null, path);
    await this.settled();
  }

  /** Nothing loads any more. */
  async settled(): Promise<void> {
    await this.page.locator("main h1").first().waitFor();
    await this.page.waitForFunction(() => document.querySelector("[aria-busy=true], .mantine-Skeleton-root") === null);
  }

  /** What breaks the rules of accessibility, best practice included. */
  async violations(): Promise<string[]> {
    const found = await new AxeBuilder({ page: this.page }).analyze();
    return found.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => `${String(node.target)} ${node.html.slice(0, 120)}`).join("; ")}`,
    );
  }

  async close(): Promise<void> {
    expect(this.complaints, "the browser complains of nothing").toEqual([]);
    await this.context.close();
  }
}
