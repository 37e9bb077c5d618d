// Every recorded file, in every form that an upload may have: its page tells the totals of the truth, and what can't be read is
// named here.
import { beforeAll, expect, it } from "vitest";
import type { ShareAnswer, ShareContent } from "../../src/api/share.ts";
import { valueFormat } from "../../src/view/format.ts";
import { emptyCatalog } from "../support/catalog-rows.ts";
import { standStill } from "../support/object-clock.ts";
import { describeWithSharedData } from "../support/skips.ts";
import { readShared } from "../support/test-files.ts";
import { call } from "../support/worker-call.ts";
import { see } from "./share-calls.ts";

standStill();
beforeAll(emptyCatalog);

type Bytes = Uint8Array<ArrayBuffer>;
interface Truth {
  readonly sampleTypes: readonly { readonly type: string; readonly total: string }[];
}

/** Refused, and why. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  "pprof/invalid-utf8.pb.gz": /invalid utf8 string/,
  // What an agent sends with a description beside it, which an upload has not.
  "pprof/dotnet-function-id-0.pb.gz": /function id is 0/,
};

/** Without a truth beside them: what other readers of the format count. */
const OTHERS: Readonly<Record<string, number | null>> = {
  "collapsed/simple.txt": 14,
  "collapsed/simple-crlf.txt": 14,
  "collapsed/perf-vertx-stacks-01-collapsed-all.txt": 285,
  "perf/simple.linux-perf.txt": null,
  "chrome/simple.cpuprofile": null,
  "chrome/sucrase.cpuprofile": null,
  "speedscope/simple.speedscope.json": null,
  "speedscope/two-sampled.speedscope.json": null,
  "speedscope/duplicates.speedscope.json": null,
  "jfr/cortex-dev-01__kafka-0__cpu__0.jfr.gz": null,
  "jfr/cortex-dev-01__kafka-0__cpu_lock_alloc__0.jfr.gz": null,
  "jfr/dump1.jfr.gz": null,
  "otlp/otel-ebpf-profile.pb.bin": null,
};

const base64 = (bytes: Bytes): string => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
};
const FORMS: readonly (readonly [string, (bytes: Bytes) => Promise<Response>])[] = [
  [
    "JSON with base64",
    (bytes) => send("/api/upload/v1", JSON.stringify({ name: "n", profile: base64(bytes) }), "application/json"),
  ],
  ["the raw body", (bytes) => send("/api/upload/v1", bytes, "application/octet-stream")],
  ["the raw body to the root", (bytes) => send("/", bytes, "application/x-www-form-urlencoded")],
];
const send = (path: string, body: BodyInit, type: string) =>
  call(path, { method: "POST", body, headers: { "content-type": type } });

/** `cpu 1234` of each graph, and that the page without scripts says the first one. */
async function totalsOf(response: Response): Promise<string[]> {
  expect(response.status, await response.clone().text()).toBe(200);
  const { key } = (await response.json()) as ShareAnswer;
  const { graphs } = (await (await see(`/share/${key}/data`)).json()) as ShareContent;
  const [first] = graphs;
  const { units, sampleRate, aggregation } = first!.metadata;
  const short = valueFormat({ units, sampleRate, ...(aggregation && { aggregation }) }).short(
    first!.flamebearer.numTicks,
  );
  expect(await (await see(`/share/${key}`)).text()).toContain(`<p class="efs-total">${short}</p>`);
  return graphs.map(({ label, flamebearer }) => `${label} ${flamebearer.numTicks}`).sort();
}

describeWithSharedData("recorded files as uploads", () => {
  let truth: Record<string, Truth> = {};
  beforeAll(async () => {
    truth = JSON.parse(new TextDecoder().decode(await readShared("pprof/TRUTH.json"))) as Record<string, Truth>;
  });

  it.each(FORMS)("pprof as %s has the totals of the truth", async (_form, upload) => {
    const files = Object.keys(truth).filter((file) => REFUSED[`pprof/${file}`] === undefined);
    expect(files.length).toBeGreaterThan(15);
    for (const file of files) {
      const expected = truth[file]!.sampleTypes.map(({ type, total }) => `${type.split("/")[0]} ${Number(total)}`);
      expect(await totalsOf(await upload(await readShared(`pprof/${file}`))), file).toEqual(expected.sort());
    }
  });

  it.each(Object.entries(OTHERS))(
    "%s is the same in every form, with %s samples where that is known",
    async (file, total) => {
      const bytes = await readShared(file);
      const seen = new Set<string>();
      for (const [, upload] of FORMS) seen.add((await totalsOf(await upload(bytes))).join());
      expect([...seen]).toEqual([expect.stringMatching(total === null ? / [1-9]\d*/ : new RegExp(` ${total}$`))]);
    },
  );

  it.each(Object.entries(REFUSED))("%s is refused in every form: %s", async (file, why) => {
    const bytes = await readShared(file);
    for (const [, upload] of FORMS) {
      const response = await upload(bytes);
      expect([response.status, await response.text()]).toEqual([422, expect.stringMatching(why)]);
    }
  });
});
