// A flush comes to its end, whatever uploads and questions do meanwhile.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { clock, HOUR, objectOf, standStill, T0 } from "../support/object-clock.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();

async function totalOf(app: string): Promise<number> {
  const response = await call(`/render?query=${app}.cpu&from=${T0}&until=${T0 + 5 * HOUR}`);
  return ((await response.json()) as { flamebearer: { numTicks: number } }).flamebearer.numTicks;
}

it("ends after a few parts under constant uploads and questions, and each upload counts once", async () => {
  clock.now = T0 + 12;
  await uploadFolded("flushing.cpu", T0, { "main;first": 1 });
  const bucket = Object.getPrototypeOf(env.SEGMENTS) as { put: (...given: unknown[]) => Promise<unknown> };
  const { put } = bucket;
  const begun: Promise<void>[] = [];
  bucket.put = async function (...given) {
    if (begun.length < 30) {
      const busy = uploadFolded("flushing.cpu", T0, { [`main;f${begun.length}`]: 1 }).then(async () => {
        await objectOf("flushing").typesSinceFlush(); // folds, as a question does
      });
      begun.push(busy);
      // Uploads may have to wait outside.
      await Promise.race([busy, new Promise((resolve) => setTimeout(resolve, 200))]);
    }
    return put.apply(this, given);
  };
  try {
    const { part } = await objectOf("flushing").flush();
    expect(part).toBeLessThanOrEqual(5);
  } finally {
    bucket.put = put;
  }
  await Promise.all(begun);
  expect(await totalOf("flushing")).toBe(1 + begun.length);
});
