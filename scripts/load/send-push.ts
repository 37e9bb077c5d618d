// One Push request, patiently: again when the server is busy or away, in halves when it says that it is too large.
import { setTimeout as pause } from "node:timers/promises";
import type { LoadOptions } from "./options.ts";
import { inMessageOrder, pushMessage } from "./push-message.ts";
import type { LoadedProfile } from "./read-profile.ts";

export interface Sent {
  readonly accepted: number;
  /** Of those accepted: how many the server says it had before. */
  readonly duplicates: number;
  readonly refused: readonly { readonly file: string; readonly why: string }[];
}

/** The server can't be reached, or takes nothing from us: there is no use in going on. */
export class LoadStopped extends Error {}

const MAX_TRIES = 8;
const MAX_PAUSE_MS = 30_000;
const AGAIN = new Set([408, 429, 500, 502, 503, 504]);
/** Everything else would be answered like this too. */
const HOPELESS = new Set([401, 403, 404, 405, 415, 501]);

export async function sendPush(profiles: readonly LoadedProfile[], options: LoadOptions): Promise<Sent> {
  const answer = await post(pushMessage(profiles, options), options);
  const text = await answer.text();
  if (answer.ok) {
    return {
      accepted: profiles.length,
      duplicates: Number(answer.headers.get("edgeflame-duplicate") ?? 0) || 0,
      refused: [],
    };
  }
  if (answer.status === 413 && profiles.length > 1) {
    const middle = profiles.length >> 1;
    const first = await sendPush(profiles.slice(0, middle), options);
    const second = await sendPush(profiles.slice(middle), options);
    return {
      accepted: first.accepted + second.accepted,
      duplicates: first.duplicates + second.duplicates,
      refused: [...first.refused, ...second.refused],
    };
  }
  if (HOPELESS.has(answer.status) || AGAIN.has(answer.status))
    throw new LoadStopped(`${options.url} answered ${answer.status}: ${messageOf(text)}`);
  return refusals(profiles, text);
}

async function post(body: Uint8Array<ArrayBuffer>, { url, token }: LoadOptions): Promise<Response> {
  const headers: Record<string, string> = { "Content-Type": "application/proto" };
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  for (let tries = 1; ; tries++) {
    const answer = await fetch(`${url}/push.v1.PusherService/Push`, { method: "POST", headers, body }).catch(
      (error: Error) => error,
    );
    if (tries === MAX_TRIES) {
      if (answer instanceof Error) throw new LoadStopped(`${url} does not answer: ${causeOf(answer)}`);
      return answer;
    }
    if (!(answer instanceof Error)) {
      if (!AGAIN.has(answer.status)) return answer;
      await answer.arrayBuffer();
      await pause(retryAfterMs(answer.headers.get("retry-after")) ?? backOffMs(tries));
    } else await pause(backOffMs(tries));
  }
}

/** Which profiles an error is about: as the server lists them; where it doesn't, its words stand for all that it counts. */
function refusals(profiles: readonly LoadedProfile[], text: string): Sent {
  const listed = listOf(text);
  if (listed === null) {
    const message = messageOf(text);
    const why = profiles.length === 1 ? message : `one of ${profiles.length} sent together: ${message}`;
    return { accepted: 0, duplicates: 0, refused: profiles.map(({ file }) => ({ file, why })) };
  }
  const ordered = inMessageOrder(profiles);
  const refused = listed.map(({ profile, message }) => ({ file: ordered[profile - 1]?.file ?? "?", why: message }));
  return { accepted: profiles.length - refused.length, duplicates: 0, refused };
}

function listOf(text: string): { profile: number; message: string }[] | null {
  const body = parsed(text);
  if (!Array.isArray(body?.refused)) return null;
  return body.refused.map((one: { profile?: unknown; message?: unknown }) => ({
    profile: Number(one.profile),
    message: String(one.message),
  }));
}

function parsed(text: string): { message?: unknown; refused?: unknown } | null {
  try {
    return JSON.parse(text) as { message?: unknown; refused?: unknown } | null;
  } catch {
    return null;
  }
}

const messageOf = (text: string): string => String(parsed(text)?.message ?? text).slice(0, 500);

const backOffMs = (tries: number): number => Math.min(MAX_PAUSE_MS, 250 * 2 ** (tries - 1) * (0.5 + Math.random()));

/** Retry-After in seconds; its date form is not used by servers of profiles. */
function retryAfterMs(header: string | null): number | null {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(MAX_PAUSE_MS, seconds * 1000) : null;
}

const causeOf = (error: Error): string => (error.cause instanceof Error ? error.cause.message : error.message);
