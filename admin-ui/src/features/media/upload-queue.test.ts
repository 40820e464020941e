import { expect, test, vi } from "vitest";

import type { Uploaded } from "@/lib/upload";

import { UploadQueue } from "./upload-queue";

const file = (name: string) => new File(["x"], name);
const asset: Uploaded = { id: "m1", name: "a.jpg", alt: "", kind: "IMAGE", duplicate: false };

/** A queue whose files come in when the test says so. */
function held() {
  const sent = new Map<string, { done: () => void; fail: (error: Error) => void; progress: (part: number) => void; signal: AbortSignal | undefined }>();
  const onDone = vi.fn();
  const queue = new UploadQueue(
    (one, progress, signal) =>
      new Promise((resolve, reject) => {
        sent.set(one.name, { done: () => { resolve(asset); }, fail: reject, progress, signal });
      }),
    onDone,
  );
  const states = () => queue.items().map((item) => `${item.file.name} ${item.state}`);
  return { queue, sent, onDone, states };
}

test("two files are sent at a time, the next when one is through", async () => {
  const { queue, sent, onDone, states } = held();

  queue.add([file("a"), file("b"), file("c")]);
  expect(states()).toEqual(["a sending", "b sending", "c waiting"]);
  sent.get("b")?.done();

  await expect.poll(states).toEqual(["a sending", "b done", "c sending"]);
  expect(onDone).toHaveBeenCalledOnce();
});

test("how much of a file is there is known while it is sent", () => {
  const { queue, sent } = held();
  queue.add([file("a")]);

  sent.get("a")?.progress(0.4);

  expect(queue.items()[0]).toMatchObject({ part: 0.4 });
});

test("a file that failed keeps its reason until it is sent again", async () => {
  const { queue, sent, states } = held();
  queue.add([file("a")]);
  const reason = new Error("the disk is full");

  sent.get("a")?.fail(reason);
  await expect.poll(states).toEqual(["a failed"]);
  expect(queue.items()[0]).toMatchObject({ error: reason });
  queue.retry(queue.items()[0]?.id ?? 0);

  expect(states()).toEqual(["a sending"]);
});

test("a file that is let go is sent no further, and makes room", async () => {
  const { queue, sent, states } = held();
  queue.add([file("a"), file("b"), file("c")]);

  queue.cancel(queue.items()[0]?.id ?? 0);
  expect(sent.get("a")?.signal?.aborted).toBe(true);
  sent.get("a")?.fail(new DOMException("", "AbortError"));

  await expect.poll(states).toEqual(["b sending", "c sending"]);
});

test("what came in can be taken off the list, the rest stays", async () => {
  const { queue, sent, states } = held();
  queue.add([file("a"), file("b")]);
  sent.get("a")?.done();
  await expect.poll(states).toEqual(["a done", "b sending"]);

  queue.clear();

  expect(states()).toEqual(["b sending"]);
});
