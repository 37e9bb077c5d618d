// What every handler is given.
import type { Context } from "hono";
import type { TenantLimits } from "../config.ts";
import type { Env } from "../env.ts";
import type { Dialect } from "./errors.ts";
import type { UploadWatch } from "./upload-watch.ts";

export type AppBindings = {
  Bindings: Env;
  Variables: { requestId: string; limits: TenantLimits; upload?: UploadWatch; dialect?: Dialect };
};
export type AppContext = Context<AppBindings>;
