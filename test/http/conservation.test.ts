// The way of an upload through the real object, catalog and bucket, against a plain list of what was sent.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { clock, HOUR, runAlarm, standStill, T0 } from "../support/object-clock.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();

interface Sent {
  readonly at: number;
  readonly region: string;
  readonly stacks: Readonly<Record<string, number>>;
}

const upload = (app: string, { at, region, stacks }: Sent): Promise<void> =>
  uploadFolded(`${app}.cpu{region=${region}}`, at, stacks);

interface Rendered {
  flamebearer: { numTicks: number; names: string[]; levels: number[][] };
  timeline: { startTime: number; samples: number[]; durationDelta: number };
  edgeflame: { uploads: number };
}

async function render(query: string, from: number, until: number): Promise<Rendered> {
  const response = await call(`/render?query=${encodeURIComponent(query)}&from=${from}&until=${until}&format=json`);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return JSON.parse(text) as Rendered;
}

const sum = (sent: readonly Sent[], from: number, until: number, region?: string): number =>
  sent
    .filter(({ at, region: own }) => at >= from && at < until && (region === undefined || own === region))
    .flatMap(({ stacks }) => Object.values(stacks))
    .reduce((a, b) => a + b, 0);

describe("an upload", () => {
  it("is seen by the very next query", async () => {
    clock.now = T0 + 100;
    await upload("fresh", { at: T0 + 90, region: "eu", stacks: { "main;work": 7, "main;idle": 3 } });
    const rendered = await render("fresh.cpu", T0, T0 + 200);
    expect(rendered.flamebearer.numTicks).toBe(10);
    expect(rendered.flamebearer.names).toEqual(["total", "main", "work", "idle"]);
    expect(rendered.timeline.samples[9]).toBe(10);
  });

  it("counts the same before and after its hour is sealed, to the last unit, at every range", async () => {
    const sent: Sent[] = [];
    const regions = ["us-east-1", "us-west-1", "eu-west-1"];
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    for (let at = T0; at < T0 + 2 * HOUR; at += 130) {
      const region = regions[random(3)]!;
      const stacks = { [`main;f${random(5)};g${random(4)}`]: 1 + random(1000), "main;idle": 1 + random(10) };
      sent.push({ at: at - (at % 10), region, stacks });
    }
    const queries = Array.from({ length: 25 }, () => {
      const from = T0 + 10 * random(720);
      return { from, until: from + 10 * (1 + random(720)), region: random(2) === 0 ? undefined : regions[random(3)] };
    });
    const check = async (when: string) => {
      for (const { from, until, region } of queries) {
        const text = region === undefined ? "sealing.cpu" : `sealing.cpu{region="${region}"}`;
        const rendered = await render(text, from, until);
        expect(rendered.flamebearer.numTicks, `${when}: ${text} ${from}..${until}`).toBe(
          sum(sent, from, until, region),
        );
        expect(rendered.timeline.samples.reduce((a, b) => a + b, 0)).toBe(sum(sent, from, until, region));
      }
    };
    for (const one of sent) {
      clock.now = one.at + 12;
      await upload("sealing", one);
    }
    await check("live");
    clock.now = T0 + 2 * HOUR + 60;
    await runAlarm("sealing");
    await check("one hour sealed");
    const objects = (await env.SEGMENTS.list()).objects.map(({ key }) => key);
    expect(objects.filter((key) => key.endsWith(".seg")).length).toBeGreaterThanOrEqual(2);

    // Late uploads to a sealed hour are one more part of it.
    const late: Sent = { at: T0 + 500, region: "us-west-1", stacks: { "main;late": 17 } };
    await upload("sealing", late);
    sent.push(late);
    await check("late part live");
    clock.now = T0 + 4 * HOUR;
    await runAlarm("sealing");
    await runAlarm("sealing");
    await check("all sealed");
    const ofApp = "SELECT live_since FROM shards JOIN apps ON apps.id = shards.app_id WHERE apps.name = 'sealing'";
    const { results } = await env.CATALOG.prepare(ofApp).all();
    expect(results).toHaveLength(1);
    expect(results.every((row) => row.live_since === null)).toBe(true);
  });
});
