import type { QueryClient } from "@tanstack/react-query";

import { type Uploaded, upload } from "@/lib/upload";

/** A file on its way into the library, and what became of it. */
export interface Item {
  id: number;
  file: File;
  state: "waiting" | "sending" | "done" | "failed";
  /** How much of it is there, as a part of 1. */
  part: number;
  asset?: Uploaded;
  error?: unknown;
}

type Send = typeof upload;

const AT_ONCE = 2;

/** Files that go into the library, two at a time; they go on while one looks at other pages. */
export class UploadQueue {
  readonly #send: Send;
  readonly #onDone: () => void;
  readonly #listeners = new Set<() => void>();
  readonly #running = new Map<number, AbortController>();
  #items: readonly Item[] = [];
  #last = 0;

  constructor(send: Send, onDone: () => void) {
    this.#send = send;
    this.#onDone = onDone;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly items = (): readonly Item[] => this.#items;

  add(files: readonly File[]): void {
    const items = files.map((file): Item => ({ id: ++this.#last, file, state: "waiting", part: 0 }));
    this.#set([...this.#items, ...items]);
    this.#next();
  }

  retry(id: number): void {
    this.#set(this.#items.map((item): Item => (item.id === id ? { id, file: item.file, state: "waiting", part: 0 } : item)));
    this.#next();
  }

  /** Lets go of a file; what of it was sent is forgotten. */
  cancel(id: number): void {
    this.#set(this.#items.filter((item) => item.id !== id));
    this.#running.get(id)?.abort();
  }

  /** Takes those that came in off the list. */
  clear(): void {
    this.#set(this.#items.filter(({ state }) => state !== "done"));
  }

  #next(): void {
    for (const item of this.#items) {
      if (this.#running.size >= AT_ONCE) return;
      if (item.state === "waiting") void this.#run(item);
    }
  }

  async #run({ id, file }: Item): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    this.#change(id, { state: "sending" });
    try {
      const asset = await this.#send(file, (part) => { this.#change(id, { part }); }, controller.signal);
      this.#change(id, { state: "done", part: 1, asset });
      this.#onDone();
    } catch (error) {
      this.#change(id, { state: "failed", error });
    }
    this.#running.delete(id);
    this.#next();
  }

  #change(id: number, change: Partial<Item>): void {
    this.#set(this.#items.map((item) => (item.id === id ? { ...item, ...change } : item)));
  }

  #set(items: readonly Item[]): void {
    this.#items = items;
    for (const listener of this.#listeners) listener();
  }
}

const QUEUES = new WeakMap<QueryClient, UploadQueue>();

/** The queue of the app; the library is read again after each file. */
export function queueOf(client: QueryClient): UploadQueue {
  const known = QUEUES.get(client);
  if (known !== undefined) return known;
  const queue = new UploadQueue(upload, () => void client.invalidateQueries({ queryKey: ["assets"] }));
  QUEUES.set(client, queue);
  return queue;
}
