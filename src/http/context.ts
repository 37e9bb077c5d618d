// What every handler is given.
import type { Context } from "hono";
import type { Env } from "../env.ts";

export type AppBindings = { Bindings: Env; Variables: { requestId: string } };
export type AppContext = Context<AppBindings>;
