// The reference of the API (scripts/reference makes it): GET /api/docs for people, GET /openapi.json for programs.
import { builtAsset } from "../built-template.ts";
import type { AppContext } from "../context.ts";
import { isClosed, requireScope } from "../gate.ts";
import { sharePorts } from "../ports.ts";

/** The address that commands in the reference are written for. */
const WRITTEN_FOR = /http:\/\/localhost:4040/g;

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The page, with commands for this very server. */
export async function apiDocs(c: AppContext): Promise<Response> {
  const html = await (await asset(c, "api-docs.html")).text();
  const { root } = sharePorts(c);
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-cache",
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
  };
  return new Response(
    html.replaceAll(WRITTEN_FOR, () => root),
    { headers },
  );
}

/** Says nothing of anybody's data: tools of any page may read it. */
export async function openApi(c: AppContext): Promise<Response> {
  const { body } = await asset(c, "openapi.json");
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-cache",
    "access-control-allow-origin": "*",
    "x-content-type-options": "nosniff",
  };
  return new Response(body, { headers });
}

async function asset(c: AppContext, name: string): Promise<Response> {
  if (isClosed(c.env)) await requireScope(c.env, null, "read");
  return builtAsset(c, name);
}
