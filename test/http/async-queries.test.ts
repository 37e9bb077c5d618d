// Flame graphs that are asked for now and fetched later: the same answer as at once, for whoever asked, for half an hour; and what
// becomes of questions whose runner died, of too many, of too large ones, and of answers that a deletion has overtaken.
import { env } from "cloudflare:workers";
import { create, toBinary } from "@bufbuild/protobuf";
import { beforeEach, expect, it } from "vitest";
import { ASYNC_QUERIES } from "../../src/config/clients.ts";
import { SelectMergeStacktracesRequestSchema } from "../../src/connect/gen/querier/v1/messages_pb.ts";
import { sweep } from "../../src/http/sweep.ts";
import { type AsyncPorts, selectStacktracesLater } from "../../src/query/querier/async-stacktraces.ts";
import { askAsync, resumeAsync } from "../../src/storage/async-queries.ts";
import { rows } from "../support/catalog-rows.ts";
import { clock, standStill } from "../support/object-clock.ts";
import { ask, refusal, SAMPLES } from "../support/span-calls.ts";
import type { FormName } from "../support/unary-call.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();
// Each test begins at the same time.
beforeEach(async () => {
  await env.CATALOG.batch(["async_queries", "deletions"].map((table) => env.CATALOG.prepare(`DELETE FROM ${table}`)));
});

const METHOD = "SelectMergeStacktraces";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOBODYS = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

interface Reply {
  readonly async: { readonly requestId: string; readonly status: string; readonly errorMessage?: string };
  readonly flamegraph?: { readonly total: string };
}

const question = (app: string, more: object = {}) => ({
  profileTypeID: SAMPLES,
  labelSelector: `{service_name="${app}"}`,
  start: String((clock.now - 600) * 1000),
  end: String((clock.now + 600) * 1000),
  ...more,
});
const submit = async (request: object, form: FormName = "proto") =>
  (await ask<Reply>(METHOD, { ...request, async: { type: "ASYNC_QUERY_TYPE_FORCE" } }, form)).async.requestId;
const pollOf = (requestId: string) => ({ async: { type: "ASYNC_QUERY_TYPE_FORCE", requestId } });
const poll = (id: string, form: FormName = "proto") => ask<Reply>(METHOD, pollOf(id), form);
const statusOf = async (id: string) => (await poll(id)).async.status.replace("ASYNC_QUERY_STATUS_", "");
const objects = async () =>
  (await env.SEGMENTS.list()).objects.filter(({ key }) => key.includes("/q/")).map(({ key }) => key);

/** As one that was asked, and whose Worker died over it. */
async function orphan(request: Parameters<typeof create<typeof SelectMergeStacktracesRequestSchema>>[1]) {
  const id = crypto.randomUUID();
  const bytes = toBinary(SelectMergeStacktracesRequestSchema, create(SelectMergeStacktracesRequestSchema, request));
  const asked = await askAsync(store, { id, question: btoa(String.fromCharCode(...bytes)) }, clock.now);
  return asked ? id : null;
}
const store = { database: env.CATALOG, bucket: env.SEGMENTS, tenant: "anonymous" };
const EMPTY = { profileTypeID: SAMPLES, labelSelector: "{}", start: 1n, end: 2n };

it.each<[FormName, string]>([
  ["proto", "FLAMEGRAPH"],
  ["json", "FLAMEGRAPH"],
  ["grpc-web", "TREE"],
  ["json", "DOT"],
  ["proto", "PPROF"],
])("as %s, %s: the answer is the one that comes at once, again and again, for half an hour", async (form, format) => {
  const app = `later.${form}.${format}`;
  await uploadFolded(`${app}.cpu`, clock.now, { "main;work": 8, "main;idle": 2 });
  const request = question(app, { format: `PROFILE_FORMAT_${format}` });
  const atOnce = await ask<object>(METHOD, request, form);
  const id = await submit(request, form);
  expect(id).toMatch(UUID);
  const later = { ...atOnce, async: { requestId: id, status: "ASYNC_QUERY_STATUS_SUCCESS" } };
  expect(await poll(id, form)).toEqual(later);
  clock.now += ASYNC_QUERIES.keepSeconds - 1;
  expect(await poll(id, form)).toEqual(later);
  clock.now += 1;
  expect(await refusal(METHOD, pollOf(id))).toBe("not_found: async query not found");
  // Cron takes row and object.
  clock.now += 3600 - (clock.now % 3600);
  await sweep(env);
  expect([await objects(), await rows("SELECT id FROM async_queries")]).toEqual([[], []]);
});

it("says what is wrong with a question when it is polled, as Pyroscope does", async () => {
  const id = await submit(question("later.bad", { labelSelector: "{a=" }));
  expect((await poll(id)).async).toEqual({
    requestId: id,
    status: "ASYNC_QUERY_STATUS_FAILURE",
    errorMessage: expect.stringMatching(/^query: expected/),
  });
});

it("knows no id of nobody, of another tenant, or of none", async () => {
  await uploadFolded("later.mine.cpu", clock.now, { main: 1 });
  const id = await submit(question("later.mine"));
  const ports: AsyncPorts = {
    ...{ ...store, tenant: "somebody else" },
    clock: () => clock.now,
    newId: () => NOBODYS,
    answer: async () => ({ dot: "" }),
    later: () => {},
  };
  const asOther = { ...create(SelectMergeStacktracesRequestSchema), async: { requestId: id, type: 1 } };
  await expect(selectStacktracesLater(ports, asOther as never)).rejects.toThrow("async query not found");
  for (const other of [NOBODYS, "0", "%", `${id} `, "a".repeat(10_000)])
    expect(await refusal(METHOD, pollOf(other))).toBe("not_found: async query not found");
  expect(await statusOf(id)).toBe("SUCCESS");
});

it("runs a question again whose runner died, when it is polled, and gives up after three", async () => {
  await uploadFolded("later.orphan.cpu", clock.now, { main: 4 });
  const { start, end, ...rest } = question("later.orphan");
  const request = { ...rest, start: BigInt(start), end: BigInt(end) };
  const id = (await orphan(request))!;
  expect(await statusOf(id)).toBe("IN_PROGRESS");
  clock.now += ASYNC_QUERIES.leaseSeconds;
  expect(await statusOf(id)).toBe("IN_PROGRESS");
  expect((await poll(id)).flamegraph?.total).toBe("4");

  const dying = (await orphan(request))!;
  for (let attempt = 2; attempt <= ASYNC_QUERIES.attempts; attempt++) {
    clock.now += ASYNC_QUERIES.leaseSeconds;
    expect((await resumeAsync(store, dying, clock.now))?.attempt).toBe(attempt);
  }
  clock.now += ASYNC_QUERIES.leaseSeconds;
  expect((await poll(dying)).async).toMatchObject({
    status: "ASYNC_QUERY_STATUS_FAILURE",
    errorMessage: expect.stringMatching(/3 times/),
  });
});

it("takes five at once, and others when those are answered or dead", async () => {
  for (let i = 0; i < ASYNC_QUERIES.running; i++) expect(await orphan(EMPTY)).toMatch(UUID);
  const more = { ...question("later.none"), async: { type: "ASYNC_QUERY_TYPE_FORCE" } };
  expect(await refusal(METHOD, more)).toMatch(
    /^resource_exhausted: the maximum number of concurrent async queries \(5\) is reached/,
  );
  clock.now += ASYNC_QUERIES.leaseSeconds;
  expect(await submit(question("later.none"))).toMatch(UUID);
});

it("keeps a hundred: the oldest make room, with their objects", async () => {
  const first = await submit(question("later.none"));
  expect(await statusOf(first)).toBe("SUCCESS");
  const has = async (id: string) => (await objects()).some((key) => key.includes(id));
  expect(await has(first)).toBe(true);
  await env.CATALOG.prepare(
    `INSERT INTO async_queries (tenant_id, id, asked_at, state, question, attempt, lease_until, stored_bytes)
     SELECT tenant_id, 'filler-' || value, q.asked_at + 1, 'done', '', 1, 0, 0 FROM async_queries q, json_each(?2) WHERE q.id = ?1`,
  )
    .bind(first, JSON.stringify(Array.from({ length: ASYNC_QUERIES.kept - 1 }, (_, i) => i)))
    .run();
  expect(await statusOf(first)).toBe("SUCCESS");
  clock.now += 2;
  await submit(question("later.none"));
  expect(await refusal(METHOD, pollOf(first))).toMatch(/^not_found/);
  await sweep(env);
  expect(await has(first)).toBe(false);
});

it("does not show what was deleted since, whole or in part", async () => {
  await uploadFolded("later.gone.cpu", clock.now, { main: 3 });
  await uploadFolded("later.stays.cpu", clock.now, { main: 3 });
  const id = await submit(question("later.gone"));
  clock.now += 10;
  const order = { app: "later.gone", from: String(clock.now - 60), until: String(clock.now) };
  expect((await call("/api/deletions", { method: "POST", body: JSON.stringify(order) })).status).toBe(202);
  const { async } = await poll(id);
  expect(async).toMatchObject({ status: "ASYNC_QUERY_STATUS_FAILURE", errorMessage: expect.stringMatching(/deleted/) });
  clock.now += 10;
  expect(await statusOf(await submit(question("later.stays")))).toBe("SUCCESS");
});

it("refuses a question that is too large to keep, and keeps no answer that is", async () => {
  const ids = Array.from({ length: 5000 }, () => "0123456789abcdef");
  const large = { ...question("later.none", { spanSelector: ids }), async: { type: "ASYNC_QUERY_TYPE_FORCE" } };
  expect(await refusal(METHOD, large)).toMatch(/^invalid_argument: .*limit asyncQuestionBytes is 65536/);
  const work: Promise<void>[] = [];
  const ports: AsyncPorts = {
    ...store,
    clock: () => clock.now,
    newId: () => crypto.randomUUID(),
    answer: async () => ({ tree: new Uint8Array(ASYNC_QUERIES.answerBytes) }),
    later: (one) => work.push(one),
  };
  const forced = create(SelectMergeStacktracesRequestSchema, { async: { type: 1 } });
  const { async } = await selectStacktracesLater(ports, forced);
  await Promise.all(work);
  expect((await poll(async!.requestId!)).async).toMatchObject({
    status: "ASYNC_QUERY_STATUS_FAILURE",
    errorMessage: expect.stringMatching(/limit asyncAnswerBytes/),
  });
});
