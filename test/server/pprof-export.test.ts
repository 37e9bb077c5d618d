// `go tool pprof` opens what we export of every recorded profile, and prints the functions and values that it prints of the file.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { create, toBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, expect, it } from "vitest";
import { QuerierService } from "../../src/connect/gen/querier/v1/querier_pb.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { describeWithGo, describeWithSharedData } from "../support/skips.ts";
import { type PprofFile, pprofFiles, REFUSED } from "./conformance-truth.ts";

const execute = promisify(execFile);
const FROM_S = Math.floor(Date.now() / 10_000) * 10 - 600;
const RANGE = { from: String(FROM_S), until: String(FROM_S + 10) };
/** Its function ids are all 0: pprof itself prints no names of it. */
const UNNAMED = "dotnet-function-id-0.pb.gz";

/** A gauge in several series: /render divides by the uploads of all of them, as Pyroscope 0.3x does. */
const DIVIDED = "go-goroutines.pprof";

let server: TestServer;
let folder: string;
let program: string;

describeWithGo("go tool pprof", () => {
  describeWithSharedData("of what is exported of every recorded profile", (sharedDataDir) => {
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "edgeflame-pprof-"));
      // Names as they are in the files. The program itself starts quicker than `go tool`, which builds it first.
      server = await startServer({ env: { EDGEFLAME_GO_REPAIR: "off" } });
      await execute("go", ["tool", "pprof", "-h"]).catch(() => undefined);
      program = (await execute("go", ["tool", "-n", "pprof"])).stdout.trim();
    });
    afterAll(async () => {
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const taken = pprofFiles(sharedDataDir).filter(({ name }) => name !== REFUSED);
    const files = taken.filter(({ name }) => name !== UNNAMED);
    const upload = async ({ name, bytes }: PprofFile, more: Record<string, string> = {}) => {
      const query = new URLSearchParams({ name, format: "pprof", ...RANGE, ...more });
      const sent = await fetch(`${server.url}/ingest?${query}`, { method: "POST", body: bytes });
      expect(sent.status).toBe(200);
    };

    it.each(files.map((file) => [file.name, file] as const))("%s: the same top functions", async (name, file) => {
      await upload(file);
      const original = write(name, file.bytes);
      const types = file.truth.sampleTypes
        .filter(({ total }) => total !== "0")
        .map(({ type }) => type.split("/")[0] ?? "");
      expect(types.length).toBeGreaterThan(0);
      for (const type of types) {
        const { exported, merged } = await exportsOf(file, type);
        // One type of /render is enough: another differs in its values alone.
        const isRendered = type === types[0] && name !== DIVIDED;
        const [expected, ...found] = await Promise.all([
          topOf(original, `-sample_index=${type}`),
          topOf(write(`${name}.${type}.connect`, merged)),
          ...(isRendered ? [topOf(write(`${name}.${type}.render`, exported))] : []),
        ]);
        expect(expected?.length).toBeGreaterThan(0);
        for (const top of found) expect(top).toEqual(expected);
      }
    });

    it.each(taken.filter(({ name }) => name === UNNAMED).map((file) => [file.name, file] as const))(
      "%s: opens, with the names that pprof does not find",
      async (name, file) => {
        await upload(file, { spyName: "dotnetspy" });
        const { merged } = await exportsOf(file, "cpu");
        expect((await topOf(write(`${name}.cpu.connect`, merged))).length).toBeGreaterThan(10);
      },
    );
  });
});

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** By /render, and by SelectMergeProfile, whose answer in protobuf is a profile as it is. */
async function exportsOf({ name }: PprofFile, type: string) {
  const { services } = (await (await fetch(`${server.url}/api/services`)).json()) as {
    services: { name: string; types: { id: string }[] }[];
  };
  const ids = services.find((one) => one.name === name)?.types.map(({ id }) => id) ?? [];
  const id = ids.find((one) => one.split(":")[1] === type) ?? "";
  expect(ids).toContain(id);
  const query = new URLSearchParams({ query: `${id}{service_name="${name}"}`, format: "pprof", ...RANGE });
  const exported = await fetch(`${server.url}/render?${query}`);
  const { input } = QuerierService.method.selectMergeProfile;
  const merged = await fetch(`${server.url}/querier.v1.QuerierService/SelectMergeProfile`, {
    method: "POST",
    headers: { "content-type": "application/proto" },
    body: toBinary(
      input,
      create(input, {
        profileTypeID: id,
        labelSelector: `{service_name="${name}"}`,
        start: BigInt(FROM_S) * 1000n,
        end: BigInt(FROM_S + 10) * 1000n,
      }),
    ) as Uint8Array<ArrayBuffer>,
  });
  expect([exported.status, merged.status]).toEqual([200, 200]);
  const bytesOf = async (answer: Response) => new Uint8Array(await answer.arrayBuffer());
  return { exported: await bytesOf(exported), merged: await bytesOf(merged) };
}

/** `flat cum name` of all functions. */
async function topOf(file: string, ...more: string[]): Promise<string[]> {
  const args = ["-top", "-symbolize=none", "-unit=minimum", "-nodecount=100000", "-nodefraction=0", "-edgefraction=0"];
  const { stdout } = await execute(program, [...args, ...more, file], { maxBuffer: 64 * 1024 * 1024 });
  return stdout
    .split("\n")
    .map((line) => /^\s*(\S+)\s+\S+%\s+\S+%\s+(\S+)\s+\S+%\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, flat, cum, name = ""]) => `${flat} ${cum} ${name.replace(/ \((partial-)?inline\)$/, "")}`)
    .sort();
}
