// Sends uploads to a server: several at once, patient when it asks for patience. Each has a key, so that a second try counts once.
import { createHash } from "node:crypto";
import type { DemoUpload } from "./uploads.ts";

export interface SendOptions {
  readonly server: string;
  readonly token: string | null;
  readonly concurrency: number;
  readonly onSent: (bytes: number) => void;
}

const MAX_TRIES = 8;
const MAX_PAUSE_MS = 15_000;

export async function sendAll(uploads: AsyncIterator<DemoUpload>, options: SendOptions): Promise<void> {
  let failed = false;
  const sender = async () => {
    while (!failed) {
      const next = await uploads.next();
      if (next.done === true) return;
      try {
        await send(next.value, options);
      } catch (error) {
        failed = true;
        throw error;
      }
      options.onSent(next.value.body.length);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, sender));
}

async function send({ query, contentType, body }: DemoUpload, { server, token }: SendOptions): Promise<void> {
  const key = createHash("sha256").update(query).update(body).digest("hex");
  const headers: Record<string, string> = { "Content-Type": contentType, "Idempotency-Key": key };
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  for (let tries = 1; ; tries++) {
    const answer = await fetch(`${server}/ingest?${query}`, { method: "POST", headers, body }).catch(
      (error: Error) => error,
    );
    if (answer instanceof Error) {
      if (tries === MAX_TRIES) throw new Error(`${server} does not answer: ${causeOf(answer)}`, { cause: answer });
      await pause(backOffMs(tries));
      continue;
    }
    const text = await answer.text();
    if (answer.ok) return;
    const busy = answer.status === 429 || answer.status === 503;
    if (!busy || tries === MAX_TRIES)
      throw new Error(`${server}/ingest answered ${answer.status}: ${text.slice(0, 500)}`);
    await pause(retryAfterMs(answer.headers.get("Retry-After")) ?? backOffMs(tries));
  }
}

function backOffMs(tries: number): number {
  return Math.min(MAX_PAUSE_MS, 250 * 2 ** (tries - 1));
}

/** Retry-After in seconds; its date form is not used by servers of profiles. */
function retryAfterMs(header: string | null): number | null {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(MAX_PAUSE_MS, seconds * 1000) : null;
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
