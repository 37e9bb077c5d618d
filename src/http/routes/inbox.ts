// GET api/inbox: the last refused and mended uploads.
import { type InboxEntry, InboxQuery, type InboxResponse } from "../../api/inbox.ts";
import type { StoredReport } from "../../inbox/inbox-tables.ts";
import { looksLike, printable } from "../../inbox/looks-like.ts";
import { fromHex } from "../../lib/hex.ts";
import type { AppContext } from "../context.ts";
import { writeNow } from "../inbox.ts";
import { checked } from "../json-body.ts";
import { inboxObject, tenantOf } from "../ports.ts";

export async function getInbox(c: AppContext): Promise<Response> {
  const { app, limit } = checked(InboxQuery, c.req.query());
  await writeNow(c);
  const { entries, apps, ...counts } = await inboxObject(c.env, tenantOf()).list({ app: app ?? null, limit });
  const body: InboxResponse = { entries: entries.map(entryOf), apps: [...apps], ...counts };
  return c.json(body, 200, { "cache-control": "no-store" });
}

function entryOf({ id, report }: StoredReport): InboxEntry {
  const { turnedAway: _turnedAway, userAgent, spyName, firstBytesHex, ...facts } = report;
  const bytes = fromHex(firstBytesHex);
  return {
    id,
    ...facts,
    agent: { userAgent, spyName },
    firstBytes: { hex: firstBytesHex, text: printable(bytes), looksLike: looksLike(bytes) },
  };
}
