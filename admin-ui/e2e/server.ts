import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const LINES = { admin: /^ {2}admin {4}(\S+)/, login: /^ {2}sign in {2}(\S+) \/ (\S+)/, ledgers: /^ {2}ledgers {2}(\S+)/ };

/** The demo: the real server with the simulators, real stories and connected accounts, in a folder of its own. */
export class Demo {
  admin = "";
  ledgers = "";
  email = "";
  password = "";
  #process: ChildProcess | undefined;
  readonly #data: string;
  readonly #log: string[] = [];

  private constructor(data: string) {
    this.#data = data;
  }

  static async start(): Promise<Demo> {
    const demo = new Demo(await mkdtemp(join(tmpdir(), "fenfa-e2e-")));
    await demo.run();
    return demo;
  }

  /** One whose every story has been sent; that takes a minute. */
  static async startDone(stories: number): Promise<Demo> {
    const demo = new Demo(await mkdtemp(join(tmpdir(), "fenfa-shots-")));
    await demo.run([], () => demo.#isDone, stories);
    return demo;
  }

  /** One with so many stories, each planned for five channels; it takes minutes until all of them are there. */
  static async startCrowded(stories: number): Promise<Demo> {
    const demo = new Demo(await mkdtemp(join(tmpdir(), "fenfa-tour-")));
    await demo.run(["--crowd", String(stories)], () => demo.#isDone);
    return demo;
  }

  /** Starts it, again in the same folder, and waits until it has said where it is. */
  async run(more: string[] = [], isReady = () => this.ledgers !== "", stories = 4): Promise<void> {
    const binary = process.env["FENFA"];
    if (binary === undefined) throw new Error("FENFA must name the server's program; `make e2e` does");
    const started = spawn(binary, ["demo", "--data", this.#data, "--stories", String(stories), ...more], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = started;
    const said = createInterface({ input: started.stdout });
    createInterface({ input: started.stderr }).on("line", (line) => this.#log.push(line));
    await new Promise<void>((resolve, reject) => {
      started.on("exit", (code, signal) => {
        const told = `the demo ended with ${String(code ?? signal)}:\n${this.#log.slice(-40).join("\n")}`;
        console.error(told);
        reject(new Error(told));
      });
      said.on("line", (line) => {
        this.#log.push(line);
        this.admin = LINES.admin.exec(line)?.[1] ?? this.admin;
        this.ledgers = LINES.ledgers.exec(line)?.[1] ?? this.ledgers;
        const login = LINES.login.exec(line);
        if (login !== null) [, this.email = "", this.password = ""] = login;
        if (isReady()) resolve();
      });
    });
  }

  /** It has nothing left to do but to answer. */
  get #isDone(): boolean {
    return this.#log.at(-1)?.startsWith("still serving") === true;
  }

  /** The control plane of the simulators. */
  get control(): string {
    return this.ledgers.replace(/\/ledger$/, "");
  }

  /** What the process wrote, for a failing test. */
  get log(): string {
    return this.#log.join("\n");
  }

  /** Ends the process as a power cut would. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (process === undefined || process.exitCode !== null) return;
    const gone = new Promise((resolve) => process.once("exit", resolve));
    process.removeAllListeners("exit");
    process.once("exit", () => undefined);
    const ended = new Promise<void>((resolve) => process.once("close", () => { resolve(); }));
    process.kill("SIGKILL");
    await Promise.race([gone, ended]);
    this.ledgers = "";
  }

  async end(): Promise<void> {
    const code = this.#process?.exitCode ?? null;
    await this.kill();
    await rm(this.#data, { recursive: true, force: true });
    if (code !== null) throw new Error(`the demo ended by itself with ${String(code)}:\n${this.log}`);
  }
}
