// Entry of the Worker: exports the handlers and the Durable Object classes. Wiring only.
import type { Env } from "./env.ts";
import { createApp } from "./http/app.ts";
import { sweep } from "./http/sweep.ts";
import { useHashSeeds } from "./lib/hash-seed.ts";

export { AppTimeline } from "./aggregate/app-timeline.ts";
export { TenantMeter } from "./aggregate/tenant-meter.ts";
export { AppCompactor } from "./compact/app-compactor.ts";
export { IngestInbox } from "./inbox/ingest-inbox.ts";

useHashSeeds((words) => crypto.getRandomValues(words));
const app = createApp();

/** Behind a proxy that passes its prefix on, as `/profiles/render`, the prefix is cut off here. */
function belowBasePath(request: Request, basePath = ""): Request {
  const prefix = basePath.replace(/\/+$/, "");
  const url = new URL(request.url);
  if (prefix === "" || !(url.pathname === prefix || url.pathname.startsWith(`${prefix}/`))) return request;
  url.pathname = url.pathname.slice(prefix.length) || "/";
  return new Request(url, request);
}

export default {
  fetch: (request, env, context) => app.fetch(belowBasePath(request, env.EDGEFLAME_BASE_PATH), env, context),
  async scheduled(_controller, env) {
    await sweep(env);
  },
} satisfies ExportedHandler<Env>;
