// What bounds the inbox, its API, and that a deletion leaves nothing in it.
import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { INBOX } from "../../src/config.ts";
import type { InboxReport } from "../../src/inbox/inbox-report.ts";
import type { IngestInbox } from "../../src/inbox/ingest-inbox.ts";
import { BAD, inboxOf, onlyEntry, readInbox, sendBad, sendIngest } from "../support/inbox-calls.ts";
import { clock, runAlarm, standStill, T0 } from "../support/object-clock.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();
beforeEach(async () => {
  await inboxOf().clear(null);
});

describe("its bounds", () => {
  const report = (n: number, facts: Partial<InboxReport> = {}): InboxReport => ({
    outcome: "refused",
    app: "shop",
    turnedAway: false,
    firstAt: clock.now,
    lastAt: clock.now,
    count: 1,
    path: "/ingest",
    format: "pprof",
    status: 422,
    reason: "malformed_profile",
    message: "bad",
    advice: "",
    limit: null,
    actual: null,
    allowed: null,
    userAgent: `agent ${n}`,
    spyName: "",
    series: `shop{n=${n}}`,
    sizeBytes: 1,
    firstBytesHex: "00",
    ...facts,
  });
  /** As many as a minute takes, minute after minute. */
  async function recordAll(reports: readonly InboxReport[]): Promise<void> {
    for (let left = [...reports]; left.length > 0; clock.now += 60) {
      const given = left.map((one) => ({ ...one, firstAt: clock.now, lastAt: clock.now }));
      const answer = await inboxOf().record(given);
      left = answer.left.map((i) => left[i]!);
    }
  }

  it("keeps the newest of an app, and of all", async () => {
    await recordAll(Array.from({ length: INBOX.entriesPerApp + 5 }, (_, n) => report(n)));
    const { entries, total } = await readInbox("?app=shop&limit=1000");
    expect([entries.length, total]).toEqual([INBOX.entriesPerApp, INBOX.entriesPerApp]);
    expect([entries[0]?.series, entries.at(-1)?.series]).toEqual(["shop{n=54}", "shop{n=5}"]);
    await recordAll(Array.from({ length: INBOX.entriesMost }, (_, n) => report(n, { app: `app${n}` })));
    const all = await readInbox("?limit=1000");
    expect([all.entries.length, all.total, all.apps.length]).toEqual([1000, 1000, 1000]);
    expect((await readInbox("?app=shop")).total).toBe(0);
  });

  it("writes so many rows a minute and no more, and leaves the rest with whoever told it", async () => {
    clock.now = T0;
    const many = (app: (n: number) => string) => Array.from({ length: 300 }, (_, n) => report(n, { app: app(n) }));
    const one = await inboxOf().record(many(() => "flood"));
    expect(one.left).toHaveLength(300 - INBOX.rowsPerMinuteOfApp);
    const more = await inboxOf().record(many((n) => `flood${n}`));
    expect(more.left).toHaveLength(300 - INBOX.rowsPerMinute + INBOX.rowsPerMinuteOfApp);
    expect((await inboxOf().record([report(0, { app: "late" })])).left).toEqual([0]);
    clock.now += 60;
    expect((await inboxOf().record([report(0, { app: "late" })])).left).toEqual([]);
  });

  it("lets those who were turned away push nobody else out", async () => {
    await recordAll([report(0, { app: "honest" }), report(1, { app: null })]);
    await recordAll(
      Array.from({ length: 30 }, (_, n) => report(n, { app: null, turnedAway: true, reason: "unauthenticated" })),
    );
    expect((await readInbox("?app=honest")).total).toBe(1);
    expect((await readInbox("?app=")).total).toBe(1 + INBOX.entriesTurnedAway);
  });

  it("cuts what is sent to a bound, whatever it is", async () => {
    const wide = "\u{1f525}".repeat(15_000);
    await sendIngest({ name: `shop{x=${wide}}`, format: "pprof", spyName: wide }, new Uint8Array(5000), {
      "user-agent": "u".repeat(7000),
    });
    const entry = await onlyEntry();
    expect(JSON.stringify(entry).length).toBeLessThan(5000);
    expect(entry.firstBytes.hex).toHaveLength(128);
  });

  it("forgets after seven days, and then holds nothing at all", async () => {
    await sendBad("shop");
    clock.now = T0 + INBOX.keepSeconds + 1;
    expect(await readInbox()).toEqual({ entries: [], total: 0, recentRefusals: 0, apps: [] });
    await runInDurableObject(inboxOf() as never, async (object: IngestInbox, state) => {
      expect(await state.storage.getAlarm()).not.toBeNull();
      await object.alarm();
      expect(state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'entries'").toArray()).toEqual([]);
    });
    expect((await readInbox()).total).toBe(0);
    await sendBad("shop");
    expect((await readInbox()).total).toBe(1);
  });

  it("is a tenant's own", async () => {
    await inboxOf("other").record([report(0)]);
    expect((await readInbox()).total).toBe(0);
    expect((await inboxOf("other").list({ app: null, limit: 10 })).total).toBe(1);
  });

  it("does without reports of a time before a deletion", async () => {
    const held = report(0);
    clock.now += 5;
    await inboxOf().clear("shop");
    await inboxOf().record([held, report(1)]);
    expect((await onlyEntry()).series).toBe("shop{n=1}");
  });
});

describe("deletion", () => {
  const order = (body: unknown) => call("/api/deletions", { method: "POST", body: JSON.stringify(body) });
  async function fill(): Promise<void> {
    for (const name of ["gone", "kept"]) {
      await uploadFolded(`${name}.cpu{pod=p}`, T0, { main: 1 });
      await sendBad(`${name}{pod=p}`);
    }
    await sendIngest({ name: "{gone=1}" }, BAD);
    clock.now += 1;
  }
  const left = async () => (await readInbox()).entries.map(({ app }) => app);

  it.each([
    ["an app", { app: "gone" }],
    ["a part of it", { app: "gone", query: '{pod="p"}' }],
  ])("of %s takes its entries, and those of no app", async (_what, body) => {
    await fill();
    expect((await order(body)).status).toBe(202);
    await runAlarm("gone");
    expect(await left()).toEqual(["kept"]);
  });

  it("of an app that has nothing but refusals takes them, though there is no such app", async () => {
    await sendBad("never");
    expect((await order({ app: "never" })).status).toBe(404);
    expect(await left()).toEqual([]);
  });

  it("of the tenant takes all", async () => {
    await fill();
    expect((await order({ tenant: true })).status).toBe(202);
    expect(await left()).toEqual([]);
  });
});

describe("the API", () => {
  it.each([
    ["a negative limit", "?limit=-1"],
    ["a limit too high", "?limit=1001"],
    ["a limit that is no number", "?limit=x"],
    ["a limit that is not whole", "?limit=1.5"],
    ["a parameter that it does not know", "?limt=1"],
    ["a name longer than any", `?app=${"a".repeat(70_000)}`],
  ])("refuses %s", async (_what, search) => {
    const response = await call(`/api/inbox${search}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ reason: "invalid_argument" });
  });

  it("answers so many, and counts alone for 0", async () => {
    for (const name of ["a", "b", "c"]) await sendBad(name);
    expect((await readInbox("?limit=2")).entries).toHaveLength(2);
    expect(await readInbox("?limit=0")).toEqual({
      entries: [],
      total: 3,
      recentRefusals: 3,
      apps: ["a", "b", "c"].map((app) => ({ app, entries: 1 })),
    });
  });

  it("needs the scope read", async () => {
    const tokens = { EDGEFLAME_TOKEN: "write:w,read:r" };
    const status = async (secret: string) =>
      (await call("/api/inbox", { headers: { authorization: `Bearer ${secret}` } }, tokens)).status;
    expect([await status("w"), await status("r")]).toEqual([403, 200]);
  });
});
