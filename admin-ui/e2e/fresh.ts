import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A pace at which one likes to watch. */
const PACE = {
  FENFA__DELIVERY__TICK_MS: "200",
  FENFA__DELIVERY__QUIET_GRACE_S: "2",
  FENFA__DELIVERY__RECONCILE_AFTER_S: "[0, 1, 2]",
  FENFA__DELIVERY__OBSERVE_BASE_S: "1",
  FENFA__DELIVERY__BACKOFF_BASE_S: "1",
};

/** A server as an operator starts it for the first time, with simulators to practise on, in a folder of its own. */
export class Fresh {
  admin = "";
  /** The control plane of the simulators. */
  control = "";
  /** Where the first admin signs up. */
  link = "";
  readonly email = "wang@example.com";
  readonly password = "correct horse battery";
  #process: ChildProcess | undefined;
  readonly #data: string;
  readonly #log: string[] = [];

  private constructor(data: string) {
    this.#data = data;
  }

  static async start(): Promise<Fresh> {
    const fresh = new Fresh(await mkdtemp(join(tmpdir(), "fenfa-fresh-")));
    await fresh.#run();
    return fresh;
  }

  async #run(): Promise<void> {
    const binary = process.env["FENFA"];
    if (binary === undefined) throw new Error("FENFA must name the server's program; `make e2e` does");
    const [port, simulators] = [await freePort(), await freePort()];
    const started = spawn(binary, ["serve", "--simulators", `127.0.0.1:${String(simulators)}`], {
      cwd: this.#data,
      // By the name, the platforms are another site than the server: as a browser sees the real ones.
      env: { ...process.env, ...PACE, FENFA__SERVER__PORT: String(port), FENFA__OUTBOUND__ALLOW_PRIVATE: `["localhost:${String(simulators)}"]` },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = started;
    this.admin = `http://127.0.0.1:${String(port)}/admin`;
    this.control = `http://127.0.0.1:${String(simulators)}/control`;
    await new Promise<void>((resolve, reject) => {
      started.on("exit", (code) => {
        reject(new Error(`the server ended with ${String(code)}:\n${this.#log.slice(-40).join("\n")}`));
      });
      createInterface({ input: started.stdout }).on("line", (line) => {
        this.link = /(http\S+\/admin\/setup#\S+)/.exec(line)?.[1] ?? this.link;
      });
      createInterface({ input: started.stderr }).on("line", (line) => {
        this.#log.push(line);
        if (line.includes("the server is ready")) resolve();
      });
    });
  }

  async end(): Promise<void> {
    const process = this.#process;
    if (process !== undefined) {
      process.removeAllListeners("exit");
      const ended = new Promise((resolve) => process.once("close", resolve));
      process.kill("SIGKILL");
      await ended;
    }
    await rm(this.#data, { recursive: true, force: true });
  }
}
