import { HttpResponse, graphql } from "msw";
import { setupServer } from "msw/node";

const api = graphql.link("*/admin/graphql");

const VIEWER = {
  role: "ADMIN",
  permissions: [
    "READ_PUBLISHED",
    "READ_CONTENT",
    "WRITE_CONTENT",
    "PUBLISH",
    "SCHEDULE",
    "MANAGE_ACCOUNTS",
    "MANAGE_USERS",
    "MANAGE_SITE",
  ],
  user: { id: "u1", name: "王编辑", email: "wang@example.com" },
};

/** The mocked network: somebody is signed in, everything else is refused until a test says what comes. */
export const server = setupServer(
  api.query("Viewer", () => HttpResponse.json({ data: { viewer: VIEWER } })),
  api.query("NeedsSetUp", () => HttpResponse.json({ data: { needsSetUp: false } })),
  api.query("Terms", () => HttpResponse.json({ data: { categories: [{ id: "c1", name: "水产" }], tags: [{ id: "t1", name: "春天" }] } })),
  api.query("Site", () => HttpResponse.json({ data: { site: { name: "茶山", zone: "Asia/Shanghai", needsApproval: false, blackouts: [] } } })),
);

/** What the server answers to an operation from now on; the variables of each call are kept. */
export function answer(operation: string, data: unknown): Record<string, unknown>[] {
  const calls: Record<string, unknown>[] = [];
  server.use(
    api.operation(({ operationName, variables }) => {
      if (operationName !== operation) return undefined;
      calls.push(variables);
      return HttpResponse.json({ data } as { data: Record<string, unknown> });
    }),
  );
  return calls;
}

/** The refusal that the server gives to an operation from now on. */
export function refuse(operation: string, code: string, message: string, details?: unknown, field?: string): void {
  server.use(
    api.operation(({ operationName }) => {
      if (operationName !== operation) return undefined;
      return HttpResponse.json({ data: null, errors: [{ message, extensions: { code, details, field } }] } as never);
    }),
  );
}

/** Somebody is signed in who may do only this. */
export function signIn(permissions: string[]): void {
  answer("Viewer", { viewer: { ...VIEWER, permissions } });
}
