import { print } from "@0no-co/graphql.web";
import { type TadaDocumentNode, initGraphQLTada } from "gql.tada";

import type { introspection } from "@/graphql/graphql-env";

export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { DateTime: string; JSON: unknown; Long: number };
}>();

export type { FragmentOf, ResultOf, VariablesOf } from "gql.tada";
export { readFragment } from "gql.tada";

/** What the server said of a call that failed: `code` for programs, `message` for people, `field` for forms. */
export class ApiError extends Error {
  readonly code: string;
  readonly field: string | undefined;
  readonly requestId: string | undefined;
  /** What a program needs to go on. */
  readonly details: unknown;

  constructor(code: string, message: string, more: { field?: string; requestId?: string; details?: unknown } = {}) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.field = more.field;
    this.requestId = more.requestId;
    this.details = more.details;
  }
}

interface Failure {
  message: string;
  extensions?: { code?: string; field?: string; requestId?: string; details?: unknown };
}

/** Sends one operation to the admin API. */
export async function request<Data, Variables>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Data> {
  const response = await send("/admin/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query: print(document), variables }),
    signal: signal ?? null,
  });
  const answer = (await response.json().catch(() => undefined)) as { data?: Data | null; errors?: Failure[] } | undefined;
  const error = answer?.errors?.[0];
  if (error !== undefined) throw failure(error.message, error.extensions ?? {}, response);
  if (answer?.data === undefined || answer.data === null) throw failure("", {}, response);
  return answer.data;
}

/** Calls a REST address of this server; refusals come as `ApiError`. */
export async function call(path: string, init: RequestInit): Promise<unknown> {
  const response = await send(path, init);
  const answer = (await response.json().catch(() => undefined)) as { error?: Failure & Failure["extensions"] } | undefined;
  if (!response.ok) throw failure(answer?.error?.message ?? "", answer?.error ?? {}, response);
  return answer;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { credentials: "same-origin", ...init });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError("OFFLINE", "");
  }
}

function failure(message: string, known: NonNullable<Failure["extensions"]>, response: Response): ApiError {
  const requestId = known.requestId ?? response.headers.get("x-request-id") ?? undefined;
  return new ApiError(known.code ?? `HTTP_${String(response.status)}`, message, {
    ...(known.field !== undefined && { field: known.field }),
    ...(requestId !== undefined && { requestId }),
    details: known.details,
  });
}
