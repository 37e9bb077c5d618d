// The readers' routes: each reads its parameters, calls the read path, and answers.
import { MergeRequest } from "../../api/merge.ts";
import { AppError, corrupt } from "../../lib/app-error.ts";
import type { Answer } from "../../query/answer.ts";
import { tidyCaches } from "../../query/forget.ts";
import { mergeExemplars } from "../../query/merge-exemplars.ts";
import type { QueryPorts } from "../../query/ports.ts";
import { queryExemplars } from "../../query/query-exemplars.ts";
import { builtTemplate } from "../built-template.ts";
import { compressed } from "../compress.ts";
import type { AppContext } from "../context.ts";
import { readJson } from "../json-body.ts";
import { observeQuery } from "../metrics.ts";
import { clockOf, queryPorts } from "../ports.ts";

/** A route of the read path, timed under its name. */
export function reader(
  route: string,
  read: (ports: QueryPorts, query: URLSearchParams) => Promise<Answer>,
): (c: AppContext) => Promise<Response> {
  return async (c) => respond(c, await answered(c, route, (ports) => read(ports, new URL(c.req.url).searchParams)));
}

/** What the read path says to a request, timed under the name of its route. */
export async function answered<T>(c: AppContext, route: string, read: (ports: QueryPorts) => Promise<T>): Promise<T> {
  const started = performance.now();
  tidyCaches(clockOf(c.env)());
  const answer = await asked(() => read(queryPorts(c.env, c.get("limits"))));
  observeQuery(route, (performance.now() - started) / 1000);
  return answer;
}

/** What was planned may be gone when it is read, because retention or a deletion has passed by: a second plan knows of it. */
export async function asked<T>(ask: () => Promise<T>): Promise<T> {
  const again = (error: unknown): Promise<T> => {
    if (error instanceof AppError && (error.code === "unavailable" || error.code === "corrupt_storage")) return ask();
    throw error;
  };
  return ask().catch(again).catch(asStorageFault);
}

/** Nothing that a reader sends is a profile: bytes that don't read back are ours. */
function asStorageFault(error: unknown): never {
  if (error instanceof AppError && error.code === "malformed_profile") throw corrupt(error.message);
  throw error;
}

/** A reader whose answer is plain JSON. */
export const jsonReader = (route: string, read: (ports: QueryPorts, query: URLSearchParams) => Promise<unknown>) =>
  reader(route, async (ports, query) => ({ kind: "json", body: await read(ports, query) }));

/** POST merge: a question that is too long for an address. */
export async function postMerge(c: AppContext): Promise<Response> {
  c.set("dialect", "old");
  const request = await readJson(c.req.raw, MergeRequest);
  const answer = reader("merge", async (ports) => ({ kind: "json", body: await mergeExemplars(ports, request) }));
  return answer(c);
}

const exemplars = jsonReader("exemplars", queryExemplars);

export function getExemplars(c: AppContext): Promise<Response> {
  c.set("dialect", "old");
  return exemplars(c);
}

async function respond(c: AppContext, answer: Answer): Promise<Response> {
  const request = c.req.raw;
  const headers = new Headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
  switch (answer.kind) {
    case "json":
      headers.set("content-type", "application/json; charset=utf-8");
      return compressed(request, JSON.stringify(answer.body), headers);
    case "text":
      headers.set("content-type", "text/plain; charset=utf-8");
      if (answer.fileName !== null) headers.set("content-disposition", attachment(answer.fileName));
      return compressed(request, answer.body, headers);
    case "html": {
      const { html, policy } = answer.fill(await builtTemplate(c, "standalone.html"));
      headers.set("content-type", "text/html; charset=utf-8");
      // What it shows came from whoever was profiled: here it has an origin of its own, and nobody frames it.
      headers.set("content-security-policy", `${policy}; frame-ancestors 'none'; sandbox allow-scripts`);
      headers.set("referrer-policy", "no-referrer");
      return compressed(request, html, headers);
    }
    case "bytes":
      headers.set("content-type", "application/octet-stream");
      headers.set("content-disposition", attachment(answer.fileName));
      return compressed(request, answer.body, headers);
  }
}

const attachment = (name: string): string => `attachment; filename="${name.replace(/["\\]/g, "_")}"`;
