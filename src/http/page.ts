// The built page. Its views are one document; everything else is a file with a hashed name.
import { AppError } from "../lib/app-error.ts";
import type { AppContext } from "./context.ts";
import { isClosed, requireScope } from "./gate.ts";

const VIEWS = new Set(["/", "/comparison", "/comparison-diff", "/inbox", "/adhoc"]);

const SECURITY_HEADERS = {
  "content-security-policy":
    "default-src 'self'; img-src 'self' data: blob:; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
} as const;

export const nothingAt = (path: string, advice = "GET /api/docs tells what there is"): AppError =>
  new AppError("not_found", `there is nothing at ${path}`, { advice });

export async function page(c: AppContext): Promise<Response> {
  // A page of a service that answers nobody would only show errors: say why instead.
  if (isClosed(c.env)) await requireScope(c.env, null, "read");
  const url = new URL(c.req.url);
  const isView = VIEWS.has(url.pathname);
  if (isView) url.pathname = "/";
  const found = await c.env.ASSETS.fetch(new Request(url, { headers: c.req.raw.headers, method: "GET" }));
  if (found.status === 404) throw nothingAt(url.pathname);
  const headers = new Headers(found.headers);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) headers.set(name, value);
  // Read in the browser, not downloaded.
  if (url.pathname.endsWith(".md")) headers.set("content-type", "text/plain; charset=utf-8");
  headers.set(
    "cache-control",
    url.pathname.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
  );
  // The body of an inner answer is decoded when it is read; left to itself the runtime passes it on as it was encoded.
  return new Response(found.body, { status: found.status, headers });
}
