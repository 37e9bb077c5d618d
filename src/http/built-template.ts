// Files of the page's build that are answered by routes of their own, some of them filled in.
import { AppError } from "../lib/app-error.ts";
import type { AppContext } from "./context.ts";

/** @throws AppError unavailable when the page is not built */
export async function builtAsset(c: AppContext, name: string): Promise<Response> {
  const found = await c.env.ASSETS.fetch(new Request(new URL(`/${name}`, c.req.url)));
  if (!found.ok) throw new AppError("unavailable", `${name} is not built: npm run build:page`);
  return found as unknown as Response;
}

export const builtTemplate = async (c: AppContext, name: "share.html" | "standalone.html"): Promise<string> =>
  (await builtAsset(c, name)).text();
