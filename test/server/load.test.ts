// `npm run load` as its own process, against the embedded server: what it sends, says and ends with.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePprof } from "../../scripts/demo/pprof-writer.ts";
import { startServer, type TestServer } from "../support/server.ts";

const ROOT = join(import.meta.dirname, "../..");
/** A year ago, on the hour. */
const YEAR_AGO = Math.floor(Date.now() / 3_600_000) * 3600 - 365 * 86_400;

let server: TestServer;
let folder: string;
beforeAll(async () => {
  server = await startServer();
  folder = mkdtempSync(join(tmpdir(), "edgeflame-load-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.stop();
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function load(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ["scripts/with-node24.mjs", "scripts/load.mjs", ...args], { cwd: ROOT });
  const text = { out: "", err: "" };
  child.stdout.on("data", (piece: Buffer) => {
    text.out += piece.toString();
  });
  child.stderr.on("data", (piece: Buffer) => {
    text.err += piece.toString();
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, ...text })));
}

const cpu = (startS: number, samples: number): Uint8Array<ArrayBuffer> =>
  writePprof({
    valueTypes: [
      { type: "samples", unit: "count" },
      { type: "cpu", unit: "nanoseconds" },
    ],
    periodType: { type: "cpu", unit: "nanoseconds" },
    period: 10_000_000,
    startS,
    durationS: 10,
    binary: "/app",
    samples: [
      {
        stack: ["main", "work"].map((functionName) => ({ functionName, file: "main.go", startLine: 1, line: 2 })),
        values: [samples, samples * 10_000_000],
        labels: {},
      },
    ],
  });

async function ticks(query: string, from: number, until: number): Promise<number> {
  const search = new URLSearchParams({ query, from: String(from), until: String(until) });
  const answer = await fetch(`${server.url}/render?${search}`);
  const body = (await answer.json()) as { flamebearer: { numTicks: number } };
  return body.flamebearer.numTicks;
}

function folderOf(name: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  const path = join(folder, name);
  mkdirSync(join(path, "deeper"), { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content);
  return path;
}

describe("npm run load", () => {
  it("sends a year of files, gzipped or not, once however often it is run", async () => {
    const days = Array.from({ length: 100 }, (_, i) => YEAR_AGO + i * 86_400);
    const files = Object.fromEntries(
      days.map((at, i) => [
        i % 2 === 0 ? `${i}.pb` : `deeper/${i}.pb.gz`,
        i % 2 === 0 ? cpu(at, i + 1) : gzipSync(cpu(at, i + 1)),
      ]),
    );
    const path = folderOf("year", files);
    const args = ["--url", server.url, "--app", "load.year", "--labels", "region=eu", "--batch", "30", path];
    const first = await load(...args);
    expect(first).toMatchObject({ code: 0, err: "", out: expect.stringContaining("Sent 100 profiles of load.year") });
    const second = await load(...args);
    expect(second).toMatchObject({ code: 0, out: expect.stringContaining("100 of them were there already") });
    expect(await ticks('load.year.cpu{region="eu"}', YEAR_AGO, YEAR_AGO + 100 * 86_400)).toBe(5050);
    expect(await ticks("load.year.cpu", YEAR_AGO + 9 * 86_400, YEAR_AGO + 10 * 86_400)).toBe(10);
  });

  it("gives folded text and profiles without a time the time it is told, or the file's", async () => {
    const path = folderOf("text", { "a.txt": "main;work 3\nmain;idle 2\n", "b.pb": cpu(0, 4) });
    const at = YEAR_AGO + 3600;
    utimesSync(join(path, "b.pb"), at, at);
    const told = await load(
      "--url",
      server.url,
      "--app",
      "load.text",
      "--time",
      String(at - 1800),
      join(path, "*.txt"),
    );
    const own = await load("--url", server.url, "--app", "load.text", join(path, "*.pb"));
    expect([told.code, own.code]).toEqual([0, 0]);
    expect(await ticks("load.text.cpu", at, at + 10)).toBe(4);
    expect(await ticks("load.text.cpu", at - 1800, at - 1790)).toBe(5);
  });

  it("sends the rest when some files are no profiles, and says which and why", async () => {
    const path = folderOf("mixed", {
      "good.pb": cpu(YEAR_AGO, 7),
      "cut.pb": cpu(YEAR_AGO, 8).subarray(0, 100),
      // Read by the loader, refused by the server: a sample without a value.
      "refused.pb": Buffer.concat([cpu(YEAR_AGO, 9), Uint8Array.of(18, 0)]),
      "empty.pb": "",
      "config.json": '{"a": 1}',
    });
    const ended = await load("--url", server.url, "--app", "load.mixed", path, join(folder, "nowhere"));
    expect(ended).toMatchObject({ code: 1, out: expect.stringMatching(/^Sent 1 profiles[\s\S]*1 files were empty/) });
    expect(ended.err).toMatch(/4 were refused:/);
    expect(ended.err).toMatch(/cut\.pb: proto: /);
    expect(ended.err).toMatch(/refused\.pb: sample value length mismatch/);
    expect(ended.err).toMatch(/config\.json: JSON is neither pprof nor folded text/);
    expect(ended.err).toMatch(/nowhere: no such file/);
    expect(await ticks("load.mixed.cpu", YEAR_AGO, YEAR_AGO + 10)).toBe(7);
  });

  it("tries again when the server is busy, and gives up when it takes nothing", async () => {
    const answers = [503, 429, 200];
    const busy = await listening(() => answers.shift() ?? 200);
    const closed = await listening(() => 401);
    const path = folderOf("busy", { "a.pb": cpu(YEAR_AGO, 1) });
    const [patient, refused] = await Promise.all([load("--url", busy.url, path), load("--url", closed.url, path)]);
    expect(patient).toMatchObject({ code: 0, out: expect.stringContaining("Sent 1 profiles") });
    expect(answers).toEqual([]);
    expect(refused).toMatchObject({ code: 3, err: expect.stringContaining("answered 401") });
    busy.server.close();
    closed.server.close();
  });

  it.each([
    ["no files", []],
    ["a bad time", ["--time", "soon", "x"]],
    ["a bad label", ["--labels", "a", "x"]],
    ["an unknown option", ["--wat", "x"]],
  ])("ends with 2 for %s", async (_what, args) => {
    expect(await load(...args)).toMatchObject({ code: 2, err: expect.stringContaining("usage: npm run load") });
  });
});

async function listening(status: () => number): Promise<{ url: string; server: Server }> {
  const http = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(status(), { "retry-after": "0.05" }).end());
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, server: http };
}
