// profilecli of Pyroscope's last published Go module. Its go.mod points at a folder of its own repository for the API: that line is
// taken out, nothing else is changed. Building it takes ten minutes, so that it is done once.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { missingPrograms, run } from "../commands.ts";
import { fetchRender } from "../render.ts";
import { BUILD_DIR } from "../rideshare.ts";
import type { Check } from "../run-agent.ts";
import { equal, type Reader } from "./reader.ts";

const VERSION = "1.12.0";
const API = "github.com/grafana/pyroscope/api";
const PROGRAM = join(BUILD_DIR, `profilecli-${VERSION}`);
const PROFILE = join(import.meta.dirname, "../../fixtures/pprof/go-cpu-labels.pb.gz");
const CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
const SERVICE = '{service_name="profilecli"}';

async function build(): Promise<void> {
  mkdirSync(BUILD_DIR, { recursive: true });
  if (existsSync(PROGRAM)) return;
  const downloaded = await run(
    "go",
    ["mod", "download", "-json", `github.com/grafana/pyroscope@v${VERSION}`],
    BUILD_DIR,
  );
  const source = join(BUILD_DIR, "profilecli-source");
  rmSync(source, { recursive: true, force: true });
  cpSync((JSON.parse(downloaded) as { Dir: string }).Dir, source, { recursive: true });
  await run("chmod", ["-R", "u+w", source]);
  for (const workspace of ["go.work", "go.work.sum"]) rmSync(join(source, workspace), { force: true });
  await run("go", ["mod", "edit", `-dropreplace=${API}`, `-require=${API}@v1.2.0`], source);
  await run("go", ["build", "-mod=mod", "-o", PROGRAM, "./cmd/profilecli"], source);
}

/** Flat and cumulative values of functions, as go tool pprof prints them. */
async function topOf(file: string, sample: string): Promise<string[]> {
  const printed = await run("go", [
    "tool",
    "pprof",
    "-top",
    "-nodecount=50",
    "-nodefraction=0",
    `-sample_index=${sample}`,
    file,
  ]);
  const rows = printed.split("\n").map((line) => line.trim().split(/\s+/));
  return rows
    .filter((cells) => cells.length >= 6 && cells[1]?.endsWith("%"))
    .map(([flat, , , cum, , ...name]) => `${flat} ${cum} ${name.join(" ").replace(" (inline)", "")}`)
    .sort();
}

async function checks(server: string): Promise<Check[]> {
  const cli = (words: string, ...more: string[]) => run(PROGRAM, [...words.split(" "), `--url=${server}`, ...more]);
  const found: Check[] = [];
  const labels = ["--extra-labels=service_name=profilecli", "--extra-labels=zone=one", "--override-timestamp"];
  await cli("upload", ...labels, PROFILE);
  found.push(equal("upload is taken", "taken", "taken"));
  await cli("ready");
  found.push(equal("ready says so", "ready", "ready"));
  for (const protocol of ["connect", "grpc-web"]) {
    const ask = (words: string, ...more: string[]) => cli(words, `--protocol=${protocol}`, ...more);
    const series = await ask("query series", `--query=${SERVICE}`, "--label-names=vehicle", "--label-names=zone");
    const sets = series
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, string>);
    found.push(
      equal(
        `${protocol}: query series lists the labels of samples and of the upload`,
        sets.map(({ vehicle, zone }) => `${vehicle ?? ""} ${zone}`).sort(),
        [" one", "bike one", "car one", "scooter one"],
      ),
    );
    const cardinality = await ask("query label-values-cardinality", `--query=${SERVICE}`);
    const count = /vehicle\s*\|\s*(\d+)/.exec(cardinality)?.[1];
    found.push(equal(`${protocol}: query label-values-cardinality counts values`, count, "3"));
    const merged = join(BUILD_DIR, `profilecli-${protocol}.pprof`);
    rmSync(merged, { force: true });
    await ask("query profile", `--query=${SERVICE}`, `--profile-type=${CPU}`, `--output=pprof=${merged}`);
    const [ours, original] = [await topOf(merged, "cpu"), await topOf(PROFILE, "cpu")];
    found.push(
      equal(`${protocol}: query profile has the values that go tool pprof prints of the file`, ours, original),
    );
    found.push(equal(`${protocol}: and there are some`, ours.length > 10, true));
    const console_ = await ask(
      "query profile",
      `--query=${SERVICE}`,
      "--stacktrace-selector=main.main",
      "--output=raw",
    );
    found.push(equal(`${protocol}: a stack-trace selector is answered`, console_.includes("googlev1.Profile"), true));
    const pgo = join(BUILD_DIR, `profilecli-${protocol}.pgo`);
    rmSync(pgo, { force: true });
    await ask("query go-pgo", `--query=${SERVICE}`, `--output=pprof=${pgo}`);
    const prepared = `${pgo}.preprofile`;
    await run("go", ["tool", "preprofile", "-i", pgo, "-o", prepared]);
    const edges = readFileSync(prepared, "utf8").trim().split("\n").length - 1;
    found.push(equal(`${protocol}: Go's optimizer takes the profile of query go-pgo`, edges > 0, true));
  }
  const { flamebearer } = await fetchRender(server, { query: `${CPU}${SERVICE}`, from: "now-1h" });
  found.push(equal("/render has the same total as the file", flamebearer.numTicks, 350_000_000));
  return found;
}

export const PROFILECLI: Reader = {
  name: "profilecli",
  client: "profilecli of github.com/grafana/pyroscope",
  version: VERSION,
  speaks: "Connect (protobuf), gRPC-Web",
  asks: "`upload`, `ready`, `query series`, `label-values-cardinality`, `profile`, `go-pgo`, against what `go tool pprof` prints of the file",
  missing: () => missingPrograms("go"),
  prepare: build,
  settings: { EDGEFLAME_GO_REPAIR: "off" },
  checks,
};
