// Spans from upload to oblivion, beside a plain list of samples: live, folded, sealed, with late parts, compacted, partly deleted, past
// retention. A span's flame graph is what was sampled in it; nothing else knows of it.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { SPAN_CLASS } from "../../src/config.ts";
import { sweep } from "../../src/http/sweep.ts";
import { rows } from "../support/catalog-rows.ts";
import { appOf, DAY } from "../support/compaction.ts";
import { clock, HOUR, objectOf, standStill, T0 } from "../support/object-clock.ts";
import { randomOf } from "../support/seeded.ts";
import { ask, expected, ms, push, type Sample, shown } from "../support/span-calls.ts";
import { call } from "../support/worker-call.ts";

standStill();

const hex = (random: (n: number) => number, digits: number): string =>
  Array.from({ length: digits }, (_, i) => (i === 0 ? 1 + random(15) : random(16)).toString(16)).join("");

it("finds what was sampled in a span, wherever it lies, until it is deleted or too old", async () => {
  const app = "spans.model";
  const random = randomOf(24);
  const from = T0 - (T0 % DAY);
  let sent: Sample[] = [];
  const traces = Array.from({ length: 6 }, () => hex(random, 32));
  const spans = Array.from({ length: 12 }, (_, i) => ({ span: hex(random, 16), trace: traces[i % 6]! }));

  const upload = async (many: number, since: number, until: number) => {
    for (let k = 0; k < many; k++) {
      const at = since + 10 * random((until - since) / 10);
      const samples = Array.from({ length: 1 + random(6) }, (): Sample => {
        const own = random(3) === 0 ? { span: "", trace: "" } : spans[random(spans.length)]!;
        return { at, region: `r${random(2)}`, stack: `a;f${random(4)};g${random(3)}`, count: 1 + random(99), ...own };
      });
      await push(app, samples);
      sent.push(...samples);
    }
  };
  const check = async (when: string, since: number, until: number, kept: readonly Sample[] = sent) => {
    for (let k = 0; k < 5; k++) {
      const a = since + 10 * random((until - since) / 10);
      const range = k === 0 ? ([since, until] as const) : ([a, a + 10 * (1 + random((until - a) / 10))] as const);
      const within = kept.filter(({ at }) => at >= range[0] && at < range[1]);
      const { span, trace } = spans[random(spans.length)]!;
      const form = random(2) === 0 ? "proto" : "json";
      const what = `${when}: ${range[0] - from}..${range[1] - from}`;
      expect(await shown(app, { spanSelector: [span.toUpperCase()] }, range, form), `${what} span`).toEqual(
        expected(within.filter((one) => one.span === span)),
      );
      expect(await shown(app, { traceIdSelector: [trace] }, range, form), `${what} trace`).toEqual(
        expected(within.filter((one) => one.trace === trace)),
      );
      const inRegion = {
        labelSelector: `{service_name="${app}",region="r1"}`,
        spanSelector: spans.map((one) => one.span),
      };
      expect(await shown(app, inRegion, range), `${what} spans in a region`).toEqual(
        expected(within.filter((one) => one.span !== "" && one.region === "r1")),
      );
    }
    expect((await shown(app, {}, [since, until])).total, when).toBe(expected(sent).total);
  };

  clock.now = from + HOUR;
  await upload(12, from, from + HOUR);
  await check("live", from, from + HOUR);
  await objectOf(app).tick();
  await upload(6, from, from + 2 * HOUR);
  await check("folded and waiting", from, from + 2 * HOUR);
  const model = appOf(app, 1);
  await model.seal();
  const ofSpans = () =>
    rows<{ start: number; shard: number; part: number }>(
      `SELECT s.start, s.shard, s.part FROM segments s JOIN apps a ON a.id = s.app_id WHERE a.name = ? AND finest = ${SPAN_CLASS}`,
      app,
    );
  expect((await ofSpans()).length).toBe(2);
  await check("sealed", from, from + 2 * HOUR);
  await upload(6, from, from + 2 * HOUR);
  await check("sealed, with late uploads", from, from + 2 * HOUR);
  await model.seal();
  expect((await ofSpans()).length).toBe(4);
  await model.settle();
  await check("compacted", from, from + 2 * HOUR);

  // No table lists spans, and no label is called as theirs.
  const range = { start: ms(from), end: ms(from + DAY) };
  const { names } = await ask<{ names: string[] }>("LabelNames", { matchers: [`{service_name="${app}"}`], ...range });
  expect(names.filter((name) => /span|trace|profile_id/.test(name))).toEqual([]);
  expect(await rows("SELECT name FROM label_values WHERE name LIKE '%span%' OR name LIKE '%trace%'")).toEqual([]);

  // A region, in the first half hour only.
  const [start, end] = [from, from + HOUR / 2];
  const doomed = (one: Sample) => one.region === "r1" && one.at >= start && one.at < end;
  const order = { app, query: '{region="r1"}', from: start, until: end };
  const response = await call("/api/deletions", { method: "POST", body: JSON.stringify(order) });
  expect(response.status, await response.clone().text()).toBe(202);
  const { id } = (await response.json()) as { id: number };
  for (let turns = 0; turns < 6; turns++) {
    clock.now += 61;
    await sweep(env);
  }
  expect(await (await call(`/api/deletions/${id}`)).json()).toMatchObject({ state: "done" });
  sent = sent.filter((one) => !doomed(one));
  await check("partly deleted", from, from + 2 * HOUR);
  await upload(4, from, from + 2 * HOUR);
  await check("partly deleted, with late uploads", from, from + 2 * HOUR);
  await model.seal();
  await check("sealed after the deletion", from, from + 2 * HOUR);
  await model.expectNoOrphans();

  clock.now = from + 9 * DAY;
  for (let turns = 0; turns < 3; turns++) {
    clock.now += 2 * HOUR;
    await sweep(env);
  }
  expect(await ofSpans()).toEqual([]);
  await check("past retention", from, from + 2 * HOUR, []);
}, 60_000);
