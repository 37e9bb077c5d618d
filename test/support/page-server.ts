// Serves the built page under a base path, with the policy of the real server, and hands API requests to a function.
import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { PAGE_PATHS } from "../../web/state/url-state.ts";

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** null when the path is none of the API's. `body` is text; empty for a GET. */
export type ApiHandler = (
  path: string,
  params: URLSearchParams,
  body: string,
) => ApiAnswer | null | Promise<ApiAnswer | null>;

export interface PageServer {
  /** With the base path and a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
const PAGES: readonly string[] = Object.values(PAGE_PATHS);

export async function startPageServer(folder: string, api: ApiHandler, base = "/", port = 0): Promise<PageServer> {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://host");
    if (!pathname.startsWith(base)) return send(response, 404, "text/plain", "outside of the base path");
    const path = pathname.slice(base.length);
    let body = "";
    for await (const chunk of request) body += chunk;
    const answer = await api(path, searchParams, body);
    if (answer !== null)
      return send(response, answer.status, "application/json", JSON.stringify(answer.body), answer.headers);
    const file = PAGES.includes(path) ? "index.html" : normalize(path);
    try {
      send(response, 200, TYPES[extname(file)] ?? "application/octet-stream", await readFile(join(folder, file)));
    } catch {
      send(response, 404, "text/plain", "no such file");
    }
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": type, "content-security-policy": POLICY, ...headers });
  response.end(body);
}
