// Built pages that are filled in here, instead of being sent as they are.
import { AppError } from "../lib/app-error.ts";
import type { AppContext } from "./context.ts";

/** @throws AppError unavailable when the page is not built */
export async function builtTemplate(c: AppContext, name: "share.html" | "standalone.html"): Promise<string> {
  const found = await c.env.ASSETS.fetch(new Request(new URL(`/${name}`, c.req.url)));
  if (!found.ok) throw new AppError("unavailable", `${name} is not built: npm run build:page`);
  return found.text();
}
