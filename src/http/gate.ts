// The minimal gate: EDGEFLAME_TOKEN is a comma-separated list of `scope:secret`. When set, every API call
// needs one (Bearer, or Basic with the secret as password). When unset, the embedded server is open (and
// listens on loopback only), and a deployed Worker refuses everything: nothing is ever open by accident.
import { AppError } from "../lib/app-error.ts";
import { fromBase64 } from "../lib/base64.ts";
import { LOOPBACK } from "../lib/loopback.ts";
import { sha256 } from "../lib/sha256.ts";

export type Scope = "write" | "read" | "admin";

interface Grant {
  readonly scope: Scope;
  readonly hash: Uint8Array;
}

/** What an entry must be to let anybody in. */
export const TOKEN_ENTRY = /^(write|read|admin):.+/;

/** The entries of EDGEFLAME_TOKEN, also those that are none. */
export const tokenEntries = (text: string): string[] =>
  text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");

const grantsByText = new Map<string, Promise<Grant[]>>();

function grantsOf(text: string): Promise<Grant[]> {
  let grants = grantsByText.get(text);
  if (grants === undefined) {
    grants = Promise.all(
      tokenEntries(text)
        .filter((entry) => TOKEN_ENTRY.test(entry))
        .map(async (entry) => {
          const colon = entry.indexOf(":");
          return { scope: entry.slice(0, colon) as Scope, hash: await sha256(entry.slice(colon + 1)) };
        }),
    );
    grantsByText.clear();
    grantsByText.set(text, grants);
  }
  return grants;
}

/** Compares all bytes whatever they are: the time tells nothing. */
function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (const [i, byte] of a.entries()) difference |= byte ^ (b[i] ?? 0);
  return difference === 0;
}

/** The secret of an Authorization header: a Bearer token or the password of Basic. */
export function secretOf(authorization: string | null): string | null {
  if (authorization === null) return null;
  const [scheme = "", rest = ""] = authorization.trim().split(/\s+/, 2);
  if (scheme.toLowerCase() === "bearer") return rest;
  if (scheme.toLowerCase() !== "basic") return null;
  try {
    const pair = new TextDecoder().decode(fromBase64(rest));
    return pair.includes(":") ? pair.slice(pair.indexOf(":") + 1) : null;
  } catch {
    return null;
  }
}

export interface GateEnv {
  readonly EDGEFLAME_TOKEN?: string;
  readonly EDGEFLAME_EMBEDDED?: string;
  readonly EDGEFLAME_ADDRESS_HEADER?: string;
}

const hasNoToken = ({ EDGEFLAME_TOKEN }: GateEnv): boolean => (EDGEFLAME_TOKEN?.trim() ?? "") === "";

/** Whether this is a deployment that nobody gave a token. */
export const isClosed = (env: GateEnv): boolean => hasNoToken(env) && env.EDGEFLAME_EMBEDDED === undefined;

/** Passes, or throws unauthenticated / permission_denied. `admin` may do everything. */
export async function requireScope(env: GateEnv, authorization: string | null, scope: Scope): Promise<void> {
  const text = env.EDGEFLAME_TOKEN?.trim() ?? "";
  if (text === "") {
    if (env.EDGEFLAME_EMBEDDED !== undefined) return;
    throw new AppError(
      "unauthenticated",
      "this deployment has no EDGEFLAME_TOKEN and therefore answers nobody: set one with `wrangler secret put EDGEFLAME_TOKEN`, for example `admin:<secret>`",
      { documentation: "docs/security.md#token" },
    );
  }
  const secret = secretOf(authorization);
  if (secret === null || secret === "") {
    throw new AppError(
      "unauthenticated",
      "a token is needed: Authorization: Bearer <secret>, or Basic with the secret as password",
      {
        documentation: "docs/security.md#token",
      },
    );
  }
  const hash = await sha256(secret);
  const grants = await grantsOf(text);
  // Every grant is compared, so that the time does not tell which one was near.
  let allowed = false;
  let known = false;
  for (const grant of grants) {
    const same = sameHash(grant.hash, hash);
    known ||= same;
    allowed ||= same && (grant.scope === scope || grant.scope === "admin");
  }
  if (!known) {
    // A deployment may be set so; the embedded server does not start.
    const why = grants.length > 0 ? "" : ": EDGEFLAME_TOKEN has no entry of the form scope:secret";
    throw new AppError("unauthenticated", `this token is not known${why}`, { documentation: "docs/security.md#token" });
  }
  if (!allowed)
    throw new AppError("permission_denied", `this token lacks the scope ${scope}`, {
      documentation: "docs/security.md#token",
    });
}

/** Browsers send Basic credentials, and requests to an open server, for any page that asks them to. */
export function requireOwnSite(request: Request): void {
  const site = request.headers.get("sec-fetch-site");
  const isOwn = site === null ? isOwnOrigin(request) : site === "same-origin" || site === "none";
  if (!isOwn) throw refused("another site's page may not ask this");
}

/**
 * For browsers that are old, or have come by plain HTTP, and say no more than Origin. Who says nothing is no browser. A proxy may ask
 * under another name and tell the one it was asked by; a page can't set that header without being asked first whether it may.
 */
function isOwnOrigin({ headers, url }: Request): boolean {
  const origin = headers.get("origin");
  if (origin === null) return true;
  const hosts = [new URL(url).host, headers.get("x-forwarded-host")?.split(",")[0]?.trim()];
  return URL.canParse(origin) && hosts.includes(new URL(origin).host);
}

const refused = (why: string): AppError =>
  new AppError("permission_denied", why, { documentation: "docs/security.md#token" });

/** Whether a route may be used as `scope`. A token that is sent must be good; without one, strangers are told apart, not refused. */
export async function isAllowed(env: GateEnv, authorization: string | null, scope: Scope): Promise<boolean> {
  const isOpen = hasNoToken(env) && env.EDGEFLAME_EMBEDDED !== undefined;
  if (authorization === null && !isOpen) return false;
  await requireScope(env, authorization, scope);
  return true;
}

/** What an `admin` route asks beyond its scope: without a token nobody but this machine may delete. */
export function requireOwnHand(env: GateEnv, request: Request): void {
  requireOwnSite(request);
  if (!hasNoToken(env)) return;
  const { hostname } = new URL(request.url);
  // Whoever reaches a loopback server by another name comes through a proxy or a name that points here.
  const named = env.EDGEFLAME_ADDRESS_HEADER || "forwarded";
  const passedOn = ["x-forwarded-for", "forwarded", "cf-connecting-ip", named].some((name) =>
    request.headers.has(name),
  );
  if (!LOOPBACK.test(hostname) || passedOn)
    throw refused("without EDGEFLAME_TOKEN this may be asked from the server's own machine only");
}
