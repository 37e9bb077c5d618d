// Entry of the Worker: exports the handlers and the Durable Object class. Wiring only.
import type { Env } from "./env.ts";
import { createApp } from "./http/app.ts";
import { sweep } from "./http/sweep.ts";

export { AppTimeline } from "./aggregate/app-timeline.ts";

const app = createApp();

export default {
  fetch: app.fetch,
  async scheduled(_controller, env) {
    await sweep(env);
  },
} satisfies ExportedHandler<Env>;
