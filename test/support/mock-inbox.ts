// The inbox as a server answers it to the page: one entry of every sort, hostile texts among them.
import type { InboxEntry, InboxResponse } from "../../src/api/inbox.ts";
import { INBOX_LIMIT } from "../../src/api/inbox-limit.ts";
import { looksLike, printable } from "../../src/inbox/looks-like.ts";
import { toHex } from "../../src/lib/hex.ts";

const bytesOf = (text: string): InboxEntry["firstBytes"] => {
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0) & 0xff);
  return { hex: toHex(bytes), text: printable(bytes), looksLike: looksLike(bytes) };
};

const base = {
  outcome: "refused",
  count: 1,
  path: "/ingest",
  format: "pprof",
  status: 422,
  limit: null,
  actual: null,
  allowed: null,
  agent: { userAgent: "", spyName: "" },
  sizeBytes: null,
  firstBytes: bytesOf(""),
} as const;

function examples(now: number): readonly Omit<InboxEntry, "id">[] {
  return [
    {
      ...base,
      app: "ride-sharing-app",
      firstAt: now - 3600,
      lastAt: now - 40,
      count: 1284,
      reason: "malformed_profile",
      message: "proto: wire type 7 at 12 is none",
      advice: "The body is not the format it was taken for. Compare the first bytes with the format.",
      agent: { userAgent: "pyroscope-go/1.2.0", spyName: "gospy" },
      series: "ride-sharing-app{region=us-west-1,vehicle=car}",
      sizeBytes: 18_231,
      firstBytes: bytesOf("\x1f\x8b\x08\0\0\0\0\0\0\xffmain.work;runtime.goexit\n--boundary of a form that goes"),
    },
    {
      ...base,
      outcome: "mended",
      app: "checkout",
      firstAt: now - 600,
      lastAt: now - 120,
      count: 7,
      path: "/push.v1.PusherService/Push",
      format: "application/proto",
      status: 200,
      reason: "label_dropped",
      message: "label request_url",
      advice: "the label was left out; send a shorter value",
      limit: "labelValueBytes",
      actual: 3120,
      allowed: 2048,
      agent: { userAgent: "Alloy/v1.9.1", spyName: "" },
      series: '{__name__="process_cpu", service_name="checkout"}',
      sizeBytes: 4096,
      firstBytes: bytesOf("\n\x04\x08\x01\x10\x02"),
    },
    {
      ...base,
      app: null,
      firstAt: now - 3 * 3600,
      lastAt: now - 1800,
      count: 3,
      format: "folded",
      status: 401,
      reason: "unauthenticated",
      message: "this token is not known",
      advice: "Give the agent a token with the scope write: as Bearer token, or as the password of Basic.",
      agent: { userAgent: "curl/8.5.0", spyName: "" },
      series: "my-app.cpu",
      sizeBytes: 77,
    },
    {
      ...base,
      app: "<img src=x onerror=alert(1)>",
      firstAt: now - 26 * 3600,
      lastAt: now - 25 * 3600,
      format: "jfr",
      status: 413,
      reason: "body_too_large",
      message: "request body too large: 104857600 bytes, limit bodyBytes is 67108864",
      advice: "Send less at once: a shorter upload interval, gzip, or several requests.",
      limit: "bodyBytes",
      actual: 104_857_600,
      allowed: 67_108_864,
      agent: { userAgent: "\u202eevil\u0000\u200b<script>", spyName: "javaspy" },
      series: `\u202e<img src=x onerror=alert(1)>{pod=${"x".repeat(300)}}`,
    },
  ];
}

/** @param count repeats the examples until there are so many */
export function mockInbox(params: URLSearchParams, now: number, count?: number): InboxResponse {
  const some = examples(now);
  const all = Array.from({ length: count ?? some.length }, (_, i): InboxEntry => {
    const example = some[i % some.length];
    if (example === undefined) throw new Error("there are no examples");
    return { ...example, id: i + 1, lastAt: example.lastAt - Math.floor(i / some.length) };
  });
  const app = params.get("app");
  const chosen = all.filter((entry) => app === null || (entry.app ?? "") === app);
  return {
    entries: chosen.slice(0, Number(params.get("limit") ?? INBOX_LIMIT.usual)),
    total: chosen.length,
    recentRefusals: chosen.filter(({ outcome, lastAt }) => outcome === "refused" && lastAt > now - 3600).length,
    apps: [...Map.groupBy(all, (entry) => entry.app)].map(([name, entries]) => ({
      app: name,
      entries: entries.length,
    })),
  };
}

export const EMPTY_INBOX: InboxResponse = { entries: [], total: 0, recentRefusals: 0, apps: [] };
