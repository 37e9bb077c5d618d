// Entry of the Worker: exports the handlers and the Durable Object class. Wiring only.
import { Hono } from "hono";
import type { Env } from "./env.ts";

export { AppTimeline } from "./aggregate/app-timeline.ts";

const app = new Hono<{ Bindings: Env }>()
  .get("/ready", (c) => c.text("ready"))
  .all("*", (c) => c.env.ASSETS.fetch(c.req.raw));

export default {
  fetch: app.fetch,
  async scheduled() {},
} satisfies ExportedHandler<Env>;
