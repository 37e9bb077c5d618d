// What the recorded files hold, read without the product's decoders or from what upstream makes of them: folded text and speedscope
// by a naive reader, JFR and OTLP by upstream's golden files.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import type { Flamebearer } from "./flame-sums.ts";

/** Self value by stack, root first, joined by `;`. */
export type StackSums = ReadonlyMap<string, number>;

const add = (sums: Map<string, number>, path: string, value: number): void => {
  if (value !== 0) sums.set(path, (sums.get(path) ?? 0) + value);
};

export function stacksOfFlame({ names, levels }: Flamebearer): StackSums {
  const sums = new Map<string, number>();
  let above: { x: number; end: number; path: string }[] = [];
  levels.forEach((level, depth) => {
    const boxes: typeof above = [];
    let end = 0;
    for (let at = 0; at < level.length; at += 4) {
      const [gap = 0, total = 0, self = 0, name = 0] = level.slice(at, at + 4);
      const x = end + gap;
      end = x + total;
      const parent = above.find((box) => box.x <= x && end <= box.end);
      const path = depth === 0 ? "" : depth === 1 ? `${names[name]}` : `${parent?.path};${names[name]}`;
      boxes.push({ x, end, path });
      if (depth > 0) add(sums, path, self);
    }
    above = boxes;
  });
  return sums;
}

export function stacksOfFolded(text: string): StackSums {
  const sums = new Map<string, number>();
  for (const line of text.split(/\r?\n/)) {
    const space = line.lastIndexOf(" ");
    if (space > 0) add(sums, line.slice(0, space), Number(line.slice(space + 1)));
  }
  return sums;
}

/** By the package that other tools use. */
export function stacksOfPprof(path: string): StackSums {
  const bytes = readFileSync(path);
  const profile = Profile.decode(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);
  const text = (index: unknown): string => profile.stringTable.strings[Number(index)] ?? "";
  const functions = new Map(profile.function.map((one) => [String(one.id), text(one.name)]));
  const locations = new Map(profile.location.map((one) => [String(one.id), one.line]));
  const sums = new Map<string, number>();
  for (const { locationId, value } of profile.sample) {
    const names = locationId.flatMap((id) =>
      (locations.get(String(id)) ?? []).map((line) => functions.get(String(line.functionId)) ?? "?"),
    );
    add(sums, names.reverse().join(";"), Number(value[0]));
  }
  return sums;
}

export interface JfrGolden {
  /** Profile type id. */
  readonly id: string;
  readonly hasLabels: boolean;
  readonly stacks: StackSums;
}

export interface JfrFile {
  readonly name: string;
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer> | null;
  readonly goldens: readonly JfrGolden[];
}

const JFR_IDS: Readonly<Record<string, string>> = {
  process_cpu_cpu_nanoseconds_cpu_nanoseconds: "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
  memory_alloc_in_new_tlab_bytes_bytes_space_bytes: "memory:alloc_in_new_tlab_bytes:bytes:space:bytes",
  memory_alloc_in_new_tlab_objects_count_space_bytes: "memory:alloc_in_new_tlab_objects:count:space:bytes",
};
const NO_LABELS = "17241709254077376921";

export function jfrFiles(sharedDataDir: string): JfrFile[] {
  if (sharedDataDir === "absent") return [];
  const folder = join(sharedDataDir, "jfr");
  const files = readdirSync(folder);
  const read = (file: string) => new Uint8Array(readFileSync(join(folder, file)));
  return files
    .filter((file) => file.endsWith(".jfr.gz"))
    .map((name) => {
      const labels = name.replace(".jfr.gz", ".labels.pb.gz");
      const goldens = files
        .filter((file) => file.startsWith(`${name}.`))
        .map((file) => {
          const [metric = "", hash] = file.slice(name.length + 1).split(".");
          return {
            id: JFR_IDS[metric] ?? metric,
            hasLabels: hash !== NO_LABELS,
            stacks: stacksOfPprof(join(folder, file)),
          };
        });
      return { name, packed: read(name), labels: files.includes(labels) ? read(labels) : null, goldens };
    });
}

interface OtlpGolden {
  readonly samples: readonly {
    readonly locations: readonly { readonly lines?: readonly string[] }[];
    readonly values: string;
  }[];
}

export function otlpGolden(sharedDataDir: string): StackSums {
  const golden = JSON.parse(
    readFileSync(join(sharedDataDir, "otlp/otel-ebpf-profile-cpu.out.json"), "utf8"),
  ) as OtlpGolden;
  const sums = new Map<string, number>();
  for (const { locations, values } of golden.samples) {
    const names = locations.map(({ lines }) => (lines?.[0] ?? "").replace(/\[.*/, ""));
    add(sums, names.reverse().join(";"), Number(values));
  }
  return sums;
}

interface SpeedscopeJson {
  readonly shared: { readonly frames: readonly { readonly name: string }[] };
  readonly profiles: readonly {
    readonly type: string;
    readonly unit: string;
    readonly startValue: number;
    readonly samples?: readonly (readonly number[])[];
    readonly weights?: readonly number[];
    readonly events?: readonly { readonly type: string; readonly at: number; readonly frame: number }[];
  }[];
}

/** In whole units, and what the unit is. */
export function stacksOfSpeedscope(text: string): { unit: string; stacks: StackSums } {
  const { shared, profiles } = JSON.parse(text) as SpeedscopeJson;
  const sums = new Map<string, number>();
  const path = (frames: readonly number[]) => frames.map((frame) => shared.frames[frame]?.name).join(";");
  for (const { samples = [], weights = [], events = [], startValue } of profiles) {
    for (const [i, frames] of samples.entries()) add(sums, path(frames), weights[i] ?? 0);
    const open: number[] = [];
    let last = startValue;
    for (const { type, at, frame } of events) {
      if (open.length > 0) add(sums, path(open), at - last);
      last = at;
      if (type === "O") open.push(frame);
      else open.pop();
    }
  }
  return { unit: profiles[0]?.unit ?? "none", stacks: sums };
}

/** The same as a list that compares well. */
export const sorted = (sums: StackSums, factor = 1): [string, number][] =>
  [...sums].map(([path, value]): [string, number] => [path, value * factor]).sort(([a], [b]) => (a < b ? -1 : 1));
