// Typed requests to the server; the only fetch() of the page. Addresses are relative to the page, so that a base path
// works, and answers are trusted to keep the contract of src/api (its own server sends them).
import type { ErrorResponse } from "../../src/api/error.ts";

/** Why a request has no answer, in words for people. */
export interface Failure {
  /** 0 when the server was not reached. */
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Names the request in the server's log. */
  readonly requestId: string | null;
  /** Only ever http or https: it becomes a link. */
  readonly documentation: string | null;
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

const TOKEN = "edgeflame.token";
let token: string | null = null;

/** A read token, for servers that want one. Kept for this tab only. */
export function useToken(secret: string): void {
  token = secret;
  try {
    sessionStorage.setItem(TOKEN, secret);
  } catch {
    // Storage is forbidden here: the token lasts as long as the page.
  }
}

function currentToken(): string | null {
  if (token !== null) return token;
  try {
    token = sessionStorage.getItem(TOKEN);
  } catch {
    token = null;
  }
  return token;
}

export type Params = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

/** `render?query=…`: what identifies a request. Parameters without a value are left out. */
export function requestPath(path: string, params: Params): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === "object" && value !== null) for (const one of value) search.append(name, one);
    else if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search}`;
}

/** Rejects only when aborted. */
export const getJson = <T>(path: string, signal: AbortSignal): Promise<Answer<T>> => request(path, signal, {});

/** For what changes something. Rejects only when aborted. */
export const postJson = <T>(path: string, body: unknown, signal: AbortSignal): Promise<Answer<T>> =>
  request(path, signal, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });

/** Rejects only when aborted. */
export const deletePath = (path: string, signal: AbortSignal): Promise<Answer<null>> =>
  request(path, signal, { method: "DELETE" });

/** For files. */
export const getBytes = (path: string): Promise<Answer<Uint8Array<ArrayBuffer>>> =>
  request(path, new AbortController().signal, {}, async (response) => new Uint8Array(await response.arrayBuffer()));

/** Whether questions are asked with a token. */
export const hasToken = (): boolean => currentToken() !== null;

const readJson = async <T>(response: Response): Promise<T> =>
  response.status === 204 ? (null as T) : ((await response.json()) as T);

async function request<T>(
  path: string,
  signal: AbortSignal,
  init: RequestInit,
  read: (response: Response) => Promise<T> = readJson,
): Promise<Answer<T>> {
  const secret = currentToken();
  let response: Response;
  try {
    response = await fetch(`./${path}`, {
      ...init,
      signal,
      headers: {
        ...init.headers,
        accept: "application/json",
        ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
      },
    });
    if (response.ok) return { ok: true, value: await read(response) };
  } catch (cause) {
    if (signal.aborted) throw cause;
    return { ok: false, failure: unreachable };
  }
  return { ok: false, failure: await failureOf(response) };
}

const unreachable: Failure = {
  status: 0,
  code: "unreachable",
  message: "The server could not be reached, or its answer was cut off.",
  requestId: null,
  documentation: null,
};

async function failureOf(response: Response): Promise<Failure> {
  const requestId = response.headers.get("x-request-id");
  const body = await errorBody(response);
  return {
    status: response.status,
    code: body?.code ?? String(response.status),
    message: body === null ? `The server answered ${response.status}.` : messageOf(body),
    requestId,
    documentation: /^https?:/.test(body?.documentation ?? "") ? (body?.documentation ?? null) : null,
  };
}

function messageOf({ message, limit, actual, allowed }: ErrorResponse): string {
  return limit === undefined ? message : `${message} (${limit}: ${actual ?? "?"}, allowed ${allowed ?? "?"})`;
}

/** null when a proxy answered with something else. */
async function errorBody(response: Response): Promise<ErrorResponse | null> {
  try {
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null && "message" in body ? (body as ErrorResponse) : null;
  } catch {
    return null;
  }
}
