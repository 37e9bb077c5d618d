// A recorded counter over midnight, as Prometheus adds it up: whatever was uploaded counts once, also what comes between the last
// scrape of a day and the first of the next.
import { expect, it } from "vitest";
import { RECORDED } from "../../src/config/clients.ts";
import { clock, standStill, T0 } from "../support/object-clock.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();

const DAY = 86_400;
const MIDNIGHT = T0 - (T0 % DAY) + DAY;
const APP = "days.shop";

/** What `increase` makes of samples one after another: a fall is a restart, and what is there then is new. */
const increaseOf = (samples: readonly number[]): number =>
  samples.slice(1).reduce((sum, value, i) => sum + (value >= samples[i]! ? value - samples[i]! : value), 0);

async function scrape(): Promise<number> {
  const text = await (await call("/metrics/profiles")).text();
  return Number(/^profiles_recorded_days\{[^}]*\} (\d+)$/m.exec(text)?.[1]);
}

it.each([15, 40, 60])("loses and doubles nothing when it is scraped each %i s", async (interval) => {
  const service = `${APP}.${interval}`;
  const rule = {
    id: "days",
    metricName: "profiles_recorded_days",
    matchers: [`{__profile_type__="process_cpu:samples:count:cpu:nanoseconds",service_name="${service}"}`],
  };
  const headers = { "content-type": "application/json" };
  const path = "/settings.v1.RecordingRulesService";
  const body = JSON.stringify(rule);
  expect((await call(`${path}/UpsertRecordingRule`, { method: "POST", headers, body })).status).toBe(200);
  // When it arrives, and of when it is: the last seconds of the day come after midnight. The next day soon has more than it.
  const uploads: readonly (readonly [arrives: number, at: number, count: number])[] = [
    [-400, -410, 1],
    [-31, -40, 10],
    [-2, -10, 100],
    [5, -10, 1000],
    [8, 0, 10_000],
    [55, -60, 100_000],
    [100, 90, 1_000_000],
    [400, 390, 10_000_000],
  ];
  const samples: number[] = [];
  const waiting = [...uploads];
  // The first sample is from before all of it but one upload.
  for (let now = MIDNIGHT - 390; now < MIDNIGHT + 600; now += interval) {
    while (waiting.length > 0 && MIDNIGHT + waiting[0]![0] <= now) {
      const [arrives, at, count] = waiting.shift()!;
      clock.now = MIDNIGHT + arrives;
      await uploadFolded(`${service}.cpu`, MIDNIGHT + at, { main: count });
    }
    clock.now = now;
    samples.push(await scrape());
  }
  expect(waiting).toEqual([]);
  expect([samples[0], increaseOf(samples)]).toEqual([1, 11_111_110]);
  // It is a counter of one day: it falls once, when the day before has been shown to the end.
  const falls = samples.flatMap((value, i) => (i > 0 && value < samples[i - 1]! ? [i * interval - 390] : []));
  expect(falls).toEqual([
    expect.toSatisfy((at: number) => at >= RECORDED.settleSeconds && at < RECORDED.settleSeconds + interval),
  ]);
  await call(`${path}/DeleteRecordingRule`, { method: "POST", headers, body: '{"id":"days"}' });
});
