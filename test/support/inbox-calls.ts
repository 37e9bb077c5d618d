// The inbox as tests in workerd reach it.
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { type InboxEntry, InboxResponse } from "../../src/api/inbox.ts";
import { call } from "./worker-call.ts";

export const inboxOf = (tenant = "anonymous") =>
  env.INGEST_INBOX.get(env.INGEST_INBOX.idFromName(JSON.stringify([tenant])));

export async function readInbox(search = ""): Promise<InboxResponse> {
  const response = await call(`/api/inbox${search}`);
  const body: unknown = await response.json();
  expect(response.status, JSON.stringify(body)).toBe(200);
  return InboxResponse.parse(body);
}

/** The one that there is. */
export async function onlyEntry(search = ""): Promise<InboxEntry> {
  const { entries } = await readInbox(search);
  expect(entries).toHaveLength(1);
  return entries[0] as InboxEntry;
}

export const sendIngest = (
  query: Readonly<Record<string, string>>,
  body: BodyInit,
  headers: Record<string, string> = {},
): Promise<Response> => call(`/ingest?${new URLSearchParams(query)}`, { method: "POST", body, headers });

/** gzip of nothing real. */
export const BAD = Uint8Array.of(0x1f, 0x8b, 1, 2, 3);
/** Refused, and filed under the app of that name. */
export const sendBad = (name: string): Promise<Response> => sendIngest({ name, format: "pprof" }, BAD);
