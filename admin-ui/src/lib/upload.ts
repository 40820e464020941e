import { call } from "./graphql";

/** What the server says of a file that came in. */
export interface Uploaded {
  id: string;
  name: string;
  alt: string;
  kind: "IMAGE" | "VIDEO";
  /** The site had the very same file already, and that one is used. */
  duplicate: boolean;
}

const PIECE = 4 * 1024 * 1024;

/** Sends a file piece by piece; `onProgress` gets a part of 1. What was sent of a file that is let go is forgotten. */
export async function upload(file: File, onProgress: (part: number) => void, signal?: AbortSignal): Promise<Uploaded> {
  const more = signal === undefined ? {} : { signal };
  const json = { "content-type": "application/json" };
  const announced = (await call("/admin/uploads", {
    method: "POST",
    headers: json,
    body: JSON.stringify({ name: file.name, sizeBytes: file.size }),
    ...more,
  })) as { id: string };
  const path = `/admin/uploads/${announced.id}`;
  try {
    for (let offset = 0; offset < file.size; ) {
      const answer = (await call(path, {
        method: "PATCH",
        headers: { "upload-offset": String(offset), "content-type": "application/octet-stream" },
        body: file.slice(offset, offset + PIECE),
        ...more,
      })) as { offset: number };
      offset = answer.offset;
      onProgress(offset / file.size);
    }
    return (await call(`${path}/complete`, { method: "POST", headers: json, body: JSON.stringify({ alt: "" }), ...more })) as Uploaded;
  } catch (error) {
    if (signal?.aborted === true) call(path, { method: "DELETE" }).catch(() => undefined);
    throw error;
  }
}
