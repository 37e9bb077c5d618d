// Every recorded pprof against TRUTH.json, which other tools computed: totals, call-tree nodes,
// depth, the largest functions by self and total, and totals by label.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodePprof } from "../../src/formats/pprof/decode.ts";
import type { Profile } from "../../src/profile/profile.ts";
import { describeWithSharedData } from "../support/skips.ts";

interface TypeTruth {
  readonly type: string;
  readonly total: string;
  readonly distinctNodes: number;
  readonly maxDepth: number;
  readonly topSelf: readonly [string, string][];
  readonly topTotal: readonly [string, string][];
  readonly labelTotals: Readonly<Record<string, string>>;
}
type Truth = Readonly<Record<string, { readonly period: string; readonly sampleTypes: readonly TypeTruth[] }>>;

/** Refused, as it must be. */
const INVALID = "invalid-utf8.pb.gz";
/** TRUTH could not name functions whose ids are all 0 (it says "?"), so only what needs no names is compared. */
const UNNAMED = "dotnet-function-id-0.pb.gz";

describeWithSharedData("recorded pprof files", (sharedDataDir) => {
  const folder = join(sharedDataDir, "pprof");
  const truth: Truth = sharedDataDir === "absent" ? {} : JSON.parse(readFileSync(join(folder, "TRUTH.json"), "utf8"));
  const bytesOf = (file: string): Uint8Array => {
    const bytes = readFileSync(join(folder, file));
    return new Uint8Array(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);
  };

  it("are all there", () => {
    expect(Object.keys(truth).length).toBe(20);
  });

  it.each(Object.keys(truth).filter((file) => file !== INVALID))("%s decodes to the truth", (file) => {
    const profile = decodePprof(bytesOf(file), { limits: LIMITS, dotnet: file === UNNAMED });
    if (profile === null) throw new Error("nothing decoded");
    const expected = truth[file];
    expect(String(profile.period)).toBe(expected?.period);
    expect(profile.sampleTypes.length).toBe(expected?.sampleTypes.length);
    expected?.sampleTypes.forEach((type, index) => {
      const found = summaryOf(profile, index);
      const name = `${profile.sampleTypes[index]?.type}/${profile.sampleTypes[index]?.unit}`;
      expect(name).toBe(file === UNNAMED ? type.type.replaceAll("-", "_") : type.type);
      expect(String(found.total)).toBe(type.total);
      expect(found.maxDepth).toBe(type.maxDepth);
      expect(pick(found.labels, Object.keys(type.labelTotals))).toEqual(type.labelTotals);
      if (file === UNNAMED) return;
      expect(found.distinctNodes).toBe(type.distinctNodes);
      expectTop(found.self, type.topSelf);
      expectTop(found.withCallees, type.topTotal);
    });
  });

  it("but the one with bytes that are no text is refused", () => {
    expect(() => decodePprof(bytesOf(INVALID), { limits: LIMITS })).toThrow(/^invalid utf8 string hex: 000102/);
  });
});

type Sums = Map<string, bigint>;

const pick = (sums: Sums, keys: readonly string[]): Record<string, string> =>
  Object.fromEntries(keys.map((key) => [key, String(sums.get(key) ?? 0n)]));

/** The five largest have these values; among equals the names may be others, but each listed name has its value. */
function expectTop(sums: Sums, top: readonly [string, string][]): void {
  expect(
    pick(
      sums,
      top.map(([name]) => name),
    ),
  ).toEqual(Object.fromEntries(top));
  const largest = [...sums.values()].filter((value) => value > 0n).sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
  expect(largest.slice(0, 5).map(String)).toEqual(top.map(([, value]) => value));
}

function summaryOf(profile: Profile, type: number) {
  const { stacks } = profile;
  const names = Array.from({ length: stacks.frames.count }, (_, frame) =>
    // TRUTH calls a frame without a function by its address alone, we say its mapping, too.
    stacks.frameName(frame).replace(/^.*!(?=0x[0-9a-f]+$)/, ""),
  );
  /** Function-name paths by (path above, name). */
  const paths = new Map<string, number>();
  const self: Sums = new Map();
  const withCallees: Sums = new Map();
  const labels: Sums = new Map();
  let total = 0n;
  let maxDepth = 0;
  const add = (sums: Sums, key: string, value: bigint) => sums.set(key, (sums.get(key) ?? 0n) + value);
  profile.sampleNodes.forEach((node, s) => {
    const value = profile.sampleValues[s * profile.sampleTypes.length + type] ?? 0n;
    if (value === 0n) return;
    total += value;
    const stack: string[] = [];
    for (let at = node; at !== 0; at = stacks.parentOf(at)) stack.push(names[stacks.frameOf(at)] ?? "");
    stack.reverse();
    maxDepth = Math.max(maxDepth, stack.length);
    let above = -1;
    for (const name of stack) {
      const key = `${above} ${name}`;
      above = paths.get(key) ?? paths.size;
      paths.set(key, above);
    }
    const leaf = stack.at(-1);
    if (leaf !== undefined) add(self, leaf, value);
    for (const name of new Set(stack)) add(withCallees, name, value);
    for (const [name, text] of profile.labelSets[profile.sampleLabels[s] ?? 0] ?? [])
      add(labels, `${name}=${text}`, value);
  });
  return { total, maxDepth, distinctNodes: paths.size, self, withCallees, labels };
}
