// Uploads that arrive at no route: an address with a path too many, a path of another version or another signal. Their senders
// are told what to change, and the inbox tells whoever looks there.
import { PROFILES_ALONE } from "../ingest/likely-format.ts";

/** Ends of paths at which something is sent that Edgeflame does not keep. */
const OTHER_SIGNALS =
  /\/(v1\/(traces|metrics|logs)|loki\/api\/v1\/push|api\/v1\/(push|write)|opentelemetry\.proto\.collector\.(trace|metrics|logs)\.v1\.[a-z]+\/export)$/;
/** OTLP profiles under the paths of other years, and under that of the signals that are done. */
const OTHER_OTLP =
  /\/(v1[a-z0-9]*\/profiles|opentelemetry\.proto\.collector\.profiles\.v1[a-z0-9]*\.profilesservice\/export)$/;
const OTHER_PUSH = /pusherservice(\/push)?$/;

/** @param root what addresses begin with here @returns what to do about it; null for what is no upload, as far as its path tells */
export function missedUpload(
  { method, url }: Pick<Request, "method" | "url">,
  routes: readonly string[],
  root: string,
): string | null {
  if (method !== "POST") return null;
  const { pathname } = new URL(url);
  const path = pathname.replace(/\/+/g, "/").replace(/\/$/, "").toLowerCase();
  const meant = routes.find((route) => route.toLowerCase() === path);
  if (meant !== undefined) return `send it to ${root}${meant}, written exactly so`;
  if (routes.some((route) => path.endsWith(route.toLowerCase())))
    return "give the agent the server's address alone: it adds the path itself";
  if (OTHER_SIGNALS.test(path)) return PROFILES_ALONE;
  if (OTHER_OTLP.test(path))
    return `send OTLP profiles to ${root}/v1development/profiles, as exporters since 2025 do: update the exporter, or set its path`;
  return OTHER_PUSH.test(path) ? `send it to ${root}/push.v1.PusherService/Push, written exactly so` : null;
}
