// What an isolate holds back from the inbox: how a flood becomes a few writes, and that counts stay right.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INBOX } from "../../src/config.ts";
import { type InboxReport, sameKey } from "../../src/inbox/inbox-report.ts";
import { looksLike } from "../../src/inbox/looks-like.ts";
import { pendingReports } from "../../src/inbox/pending-reports.ts";

const report = (facts: Partial<InboxReport> = {}): InboxReport => ({
  outcome: "refused",
  app: "shop",
  turnedAway: false,
  firstAt: 100,
  lastAt: 100,
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
  userAgent: "agent",
  spyName: "",
  series: "shop",
  sizeBytes: 1,
  firstBytesHex: "00",
  ...facts,
});
const PAUSE_MS = INBOX.pauseSeconds * 1000;

describe("the turn to write", () => {
  it("is given at once, then to one caller at a time, and again after the pause", () => {
    const pending = pendingReports();
    expect(pending.turn(0)).toBeNull();
    pending.add(report());
    expect(pending.turn(1000)).toBe(0);
    pending.add(report());
    expect(pending.turn(1001)).toBeNull();
    expect(pending.take().map(({ count }) => count)).toEqual([2]);
    pending.wrote(1100, PAUSE_MS, []);
    expect(pending.turn(1200)).toBeNull();
    pending.add(report());
    expect(pending.turn(2100)).toBe(PAUSE_MS - 1000);
    expect(pending.turn(4000)).toBeNull();
  });

  it("comes back when whoever had it is gone", () => {
    const pending = pendingReports();
    pending.add(report());
    expect(pending.turn(0)).toBe(0);
    expect(pending.turn(19_999)).toBeNull();
    expect(pending.turn(20_000)).toBe(0);
  });

  it("keeps nobody waiting for the long pause: the next report after it writes", () => {
    const pending = pendingReports();
    pending.add(report());
    pending.turn(0);
    pending.wrote(0, 60_000, pending.take());
    expect(pending.turn(49_000)).toBeNull();
    expect(pending.turn(50_000)).toBe(10_000);
  });

  it("does not wait for a time that a clock put back has yet to reach", () => {
    const pending = pendingReports();
    pending.add(report());
    pending.turn(1e9);
    pending.wrote(1e9, PAUSE_MS, pending.take());
    expect(pending.turn(0)).toBe(0);
  });
});

describe("what is held back", () => {
  it("counts what is the same thing again, and keeps the newest example", () => {
    const pending = pendingReports();
    pending.add(report({ message: "tag 7 at 12", series: "a" }));
    pending.add(report({ message: "tag 7 at 9000", series: "b", firstAt: 105, lastAt: 105 }));
    expect(pending.take()).toEqual([
      report({ message: "tag 7 at 9000", series: "b", count: 2, firstAt: 100, lastAt: 105 }),
    ]);
  });

  it.each<[string, Partial<InboxReport>]>([
    ["application", { app: "other" }],
    ["way in", { path: "/push" }],
    ["reason", { reason: "rate_limited" }],
    ["limit", { limit: "samplesPerProfile" }],
    ["agent", { userAgent: "another" }],
    ["message", { message: "worse" }],
    ["outcome", { outcome: "mended" }],
  ])("tells things apart by their %s", (_what, facts) => {
    expect(sameKey(report(facts))).not.toBe(sameKey(report()));
  });

  it("is bounded whatever comes, and loses no count of an app and reason that it has room for", () => {
    const apps = ["a", "b", "c"];
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ app: fc.constantFrom(...apps), message: fc.string(), userAgent: fc.string({ maxLength: 2000 }) }),
          { maxLength: 300 },
        ),
        (sent) => {
          const pending = pendingReports();
          for (const facts of sent) pending.add(report(facts));
          const held = pending.take();
          expect(held.length).toBeLessThanOrEqual(apps.length * INBOX.pendingVariants);
          expect(held.reduce((sum, { count }) => sum + count, 0)).toBe(sent.length);
          for (const { userAgent } of held) expect(userAgent.length).toBeLessThanOrEqual(INBOX.textChars);
        },
      ),
    );
    const flood = pendingReports();
    for (let n = 0; n < 10_000; n++) flood.add(report({ app: `app${n}` }));
    expect(flood.take()).toHaveLength(INBOX.pendingEntries);
  });
});

it.each([
  ["nothing", [], null],
  ["gzip", [0x1f, 0x8b, 8], "gzip"],
  ["a recording", [0x46, 0x4c, 0x52, 0, 0], "JFR"],
  ["a form", [..."--boundary"].map((c) => c.charCodeAt(0)), "a multipart form"],
  ["a page", [..."<!doctype html>"].map((c) => c.charCodeAt(0)), "HTML"],
  ["folded stacks", [..."main;work 3\n"].map((c) => c.charCodeAt(0)), "plain text"],
  ["folded stacks of perf", [..."[unknown];main 3\n"].map((c) => c.charCodeAt(0)), "plain text"],
  ["JSON in lines", [...'{\n  "a": 1'].map((c) => c.charCodeAt(0)), "JSON"],
  ["JSON of other letters", [...'{"\u00c3\u00bc'].map((c) => c.charCodeAt(0)), "JSON"],
  ["a pprof", [0x0a, 4, 8, 1, 16, 2], "protobuf"],
  ["noise", [0x99, 0x01], null],
])("says what the first bytes of %s look like", (_what, bytes, expected) => {
  expect(looksLike(Uint8Array.from(bytes))).toBe(expected);
});
