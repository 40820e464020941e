import { HttpResponse, http } from "msw";

import { server } from "./server";

/** What the server makes of a file that comes in. */
export type Outcome = { id: string; duplicate?: boolean } | { refused: string };

/** Takes every file from now on, whole, with the outcome of its name; the names that came are kept. */
export function takeUploads(outcomes: Record<string, Outcome>): string[] {
  const names: string[] = [];
  server.use(
    http.post("*/admin/uploads", async ({ request }) => {
      const { name, sizeBytes } = (await request.json()) as { name: string; sizeBytes: number };
      const outcome = outcomes[name];
      names.push(name);
      if (outcome === undefined || "refused" in outcome) {
        const error = { code: "INVALID_INPUT", message: outcome?.refused ?? "no such file", requestId: "q1" };
        return HttpResponse.json({ error }, { status: 400 });
      }
      return HttpResponse.json({ id: `${name} ${String(sizeBytes)}` });
    }),
    http.patch("*/admin/uploads/:upload", ({ params }) => HttpResponse.json({ offset: Number(String(params["upload"]).split(" ")[1]) })),
    http.post("*/admin/uploads/:upload/complete", ({ params }) => {
      const name = String(params["upload"]).split(" ")[0] ?? "";
      return HttpResponse.json({ name, alt: "", kind: "IMAGE", duplicate: false, ...outcomes[name] });
    }),
  );
  return names;
}
