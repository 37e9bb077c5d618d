// Every recorded profile through the real server: uploaded to /ingest, read back through both /render forms, and
// compared with what other tools computed of it (TRUTH.json). Prints a table, and writes it to test-results/.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startServer, type TestServer } from "../support/server.ts";
import { describeWithSharedData } from "../support/skips.ts";
import { metricOf, oldSuffixesOf, type PprofFile, pprofFiles, REFUSED } from "./conformance-truth.ts";
import { expectTruth, labelTotalsOf, typeNameOf, UNNAMED } from "./expect-truth.ts";
import { type Flamebearer, flameSums } from "./flame-sums.ts";

const FROM_S = Math.floor(Date.now() / 10_000) * 10 - 600;
const RANGE = `from=${FROM_S}&until=${FROM_S + 10}`;
const RESULTS = join(import.meta.dirname, "../../test-results/conformance.md");
/** The sent forms: the body alone, and the form that agents send. */
const WAYS = ["raw", "multipart"] as const;
type Way = (typeof WAYS)[number];

let server: TestServer;
const table: string[] = [];

beforeAll(async () => {
  // TRUTH was computed of the stacks as they are.
  server = await startServer({ env: { EDGEFLAME_GO_REPAIR: "off" } });
});
afterAll(async () => {
  await server.stop();
  const head =
    "| file | sent as | type | total | nodes | tops | labels | old name |\n|---|---|---|---|---|---|---|---|";
  const text = `${head}\n${table.join("\n")}\n`;
  mkdirSync(join(RESULTS, ".."), { recursive: true });
  writeFileSync(RESULTS, text);
  console.info(`\n${text}`);
});

async function upload(app: string, body: BodyInit, params = ""): Promise<Response> {
  return fetch(`${server.url}/ingest?name=${encodeURIComponent(app)}&${RANGE}${params}`, { method: "POST", body });
}

async function uploadPprof(app: string, { name, bytes, config }: PprofFile, way: Way): Promise<Response> {
  // Only its agent's name, or a config with its type names, tells that function ids of 0 are to be mended.
  const spy = name === UNNAMED ? "&spyName=dotnetspy" : "";
  if (way === "raw") return upload(app, bytes, `&format=pprof${spy}`);
  const form = new FormData();
  form.set("profile", new Blob([bytes]), "profile.pprof");
  if (config !== null) form.set("sample_type_config", new Blob([config]), "sample_type_config.json");
  return upload(app, form, spy);
}

interface Rendered {
  readonly flamebearer: Flamebearer;
  readonly edgeflame: { readonly aggregation: string; readonly uploads: number };
}

async function render(path: string, query: string): Promise<Rendered> {
  const url = `${server.url}${path}?query=${encodeURIComponent(query)}&${RANGE}&format=json&max-nodes=-1`;
  const response = await fetch(url);
  const text = await response.text();
  expect(response.status, `${query}: ${text.slice(0, 300)}`).toBe(200);
  return JSON.parse(text);
}

describeWithSharedData("recorded pprof through the server", (sharedDataDir) => {
  const files = pprofFiles(sharedDataDir);
  const cases = files
    .filter(({ name }) => name !== REFUSED)
    .flatMap((file) => WAYS.map((way): [string, Way, PprofFile] => [file.name, way, file]));

  it.each(cases)("%s, sent as %s, reads back as the truth through both render forms", async (name, way, file) => {
    const app = `truth-${way}-${name.replace(/[^A-Za-z0-9-]/g, "-")}`;
    const response = await uploadPprof(app, file, way);
    expect(response.status, await response.text()).toBe(200);
    const config = way === "multipart" ? file.config : null;
    const byName = name !== UNNAMED;
    const metric = metricOf(name, config !== null);
    const period = file.truth.periodType.replace("/", ":");
    const apps: { name: string }[] = await (await fetch(`${server.url}/api/apps`)).json();
    const listed = new Set(apps.map((one) => one.name));
    const suffixes = oldSuffixesOf(
      file.truth.sampleTypes.map(({ type }) => type.split("/")[0] ?? ""),
      config,
    );
    for (const [i, type] of file.truth.sampleTypes.entries()) {
      const id = `${metric}:${typeNameOf(name, type)}:${period}`;
      const whole = await render("/pyroscope/render", `${id}{service_name="${app}"}`);
      const compared = expectTruth(whole.flamebearer, type, byName);
      const oldName = `${app}.${suffixes[i]}`;
      // A type without a value is in nobody's list: nothing of it was stored.
      const hasOldName = suffixes[i] !== "" && type.total !== "0";
      expect(listed.has(oldName), `${oldName} in /api/apps`).toBe(hasOldName);
      let oldCell = hasOldName ? `.${suffixes[i]}` : "–";
      if (hasOldName) {
        const answer = await render("/render", oldName);
        const { aggregation, uploads } = answer.edgeflame;
        // 0.3x divides a gauge by what was written, and each label set of an upload is written apart.
        if (aggregation === "average" && uploads > 1) {
          oldCell += ` ÷ ${uploads}`;
          expect(String(answer.flamebearer.numTicks)).toBe(String(BigInt(type.total) / BigInt(uploads)));
        } else expectTruth(answer.flamebearer, type, byName);
      }
      const labels = labelTotalsOf(type);
      for (const [matcher, total] of labels) {
        const v2 = await render("/pyroscope/render", `${id}{service_name="${app}",${matcher}}`);
        expect(String(v2.flamebearer.numTicks), `${id} ${matcher}`).toBe(total);
        if (hasOldName) {
          const old = await render("/render", `${oldName}{${matcher}}`);
          const { aggregation, uploads } = old.edgeflame;
          const divisor = aggregation === "average" ? BigInt(uploads) : 1n;
          expect(String(old.flamebearer.numTicks), `${oldName} ${matcher}`).toBe(String(BigInt(total) / divisor));
        }
      }
      const sentAs = config === null ? way : `${way} + config`;
      table.push(`| ${name} | ${sentAs} | ${id} | ${compared.join(" | ")} | ${labels.length} | ${oldCell} |`);
    }
  });

  it(`${REFUSED} is refused with 422, and nothing of it is stored`, async () => {
    const file = files.find(({ name }) => name === REFUSED)!;
    for (const way of WAYS) {
      const response = await uploadPprof(`refused-${way}`, file, way);
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({
        code: "unknown",
        message: expect.stringContaining("invalid utf8"),
      });
      const apps: { name: string }[] = await (await fetch(`${server.url}/api/apps`)).json();
      expect(apps.filter((one) => one.name.startsWith("refused-"))).toEqual([]);
      table.push(`| ${REFUSED} | ${way} | | 422 | – | – | – | – |`);
    }
  });
});

describeWithSharedData("recorded folded text through the server", (sharedDataDir) => {
  const textOf = (file: string): string => readFileSync(join(sharedDataDir, "collapsed", file), "utf8");

  it.each(["perf-vertx-stacks-01-collapsed-all.txt", "simple.txt", "simple-crlf.txt"])(
    "%s counts as its lines do, as samples and as time",
    async (file) => {
      const text = textOf(file);
      const lines = text.split(/\r?\n/).filter((line) => line !== "");
      const total = lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
      const app = `folded-${file.replace(/[^A-Za-z0-9-]/g, "-")}`;
      const response = await upload(`${app}.cpu`, text);
      expect(response.status, await response.text()).toBe(200);
      const old = flameSums((await render("/render", `${app}.cpu`)).flamebearer);
      const paths = new Set<string>();
      for (const line of lines) {
        const frames = line.slice(0, line.lastIndexOf(" ")).split(";");
        for (let depth = 1; depth <= frames.length; depth++) paths.add(frames.slice(0, depth).join(";"));
      }
      expect([old.total, old.nodes]).toEqual([total, paths.size]);
      const selector = `{service_name="${app}"}`;
      const nanoseconds = await render("/pyroscope/render", `process_cpu:cpu:nanoseconds:cpu:nanoseconds${selector}`);
      expect(nanoseconds.flamebearer.numTicks).toBe(total * 10_000_000);
      table.push(
        `| ${file} | folded | process_cpu:samples:count:cpu:nanoseconds | ${total} | ${paths.size} | – | – | .cpu |`,
      );
    },
  );

  it("simple-with-invalids.txt is refused with 422: a count that is no number is an error", async () => {
    const response = await upload("folded-invalid.cpu", textOf("simple-with-invalids.txt"));
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining("line 1") });
    table.push("| simple-with-invalids.txt | folded | | 422 | – | – | – | – |");
  });
});
