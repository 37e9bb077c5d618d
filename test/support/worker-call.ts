// Calls the Worker inside workerd, as a client or the platform's clock would: each call is an invocation of its own.
import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "../../src/worker.ts";
import { inInvocation } from "./storage-hooks.ts";

/** @param bindings replace those of the test set-up */
export async function call(
  path: string,
  init?: RequestInit,
  bindings: Record<string, unknown> = {},
): Promise<Response> {
  const context = createExecutionContext();
  const request = new Request(`http://localhost${path}`, init);
  return inInvocation("fetch", null, async () => {
    const response = await worker.fetch(request as never, { ...env, ...bindings } as never, context);
    await waitOnExecutionContext(context);
    return response;
  });
}

/** One minute of cron. */
export async function runCron(): Promise<void> {
  await inInvocation("cron", null, () => worker.scheduled(createScheduledController() as never, env as never));
}

/** Sends folded text; fails unless it is taken. */
export async function uploadFolded(name: string, at: number, stacks: Readonly<Record<string, number>>): Promise<void> {
  const body = Object.entries(stacks)
    .map(([stack, count]) => `${stack} ${count}`)
    .join("\n");
  const query = new URLSearchParams({ name, from: String(at), until: String(at + 10) });
  const response = await call(`/ingest?${query}`, { method: "POST", body });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
}
