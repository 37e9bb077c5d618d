// The trees, tables and levels made of every recorded pprof against TRUTH.json: through the tree of names, and once
// more through the bytes of our own encoder.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { encodeFlamebearer } from "../../src/flame/flamebearer.ts";
import { topTable } from "../../src/flame/top-table.ts";
import { measure } from "../../src/flame/totals.ts";
import { treeOfStacks } from "../../src/flame/tree-builder.ts";
import { decodePprof } from "../../src/formats/pprof/decode.ts";
import { encodePprof } from "../../src/formats/pprof/encode.ts";
import { WideSums } from "../../src/lib/wide-sums.ts";
import type { Profile } from "../../src/profile/profile.ts";
import { describeWithSharedData } from "../support/skips.ts";
import { dump } from "./any-tree.ts";

interface TypeTruth {
  readonly type: string;
  readonly total: string;
  readonly distinctNodes: number;
  readonly maxDepth: number;
  readonly topSelf: readonly [string, string][];
  readonly topTotal: readonly [string, string][];
}
type Truth = Readonly<Record<string, { readonly sampleTypes: readonly TypeTruth[] }>>;

/** Refused; and one whose functions TRUTH could not name. */
const LEFT_OUT = ["invalid-utf8.pb.gz", "dotnet-function-id-0.pb.gz"];

function decode(bytes: Uint8Array): Profile {
  const profile = decodePprof(bytes, { limits: LIMITS });
  if (profile === null) throw new Error("nothing decoded");
  return profile;
}

function valuesOf({ stacks, sampleTypes, sampleNodes, sampleValues }: Profile, type: number): WideSums {
  const values = new WideSums(stacks.nodes.count);
  sampleNodes.forEach((node, s) => {
    values.addBig(node, sampleValues[s * sampleTypes.length + type] ?? 0n);
  });
  return values;
}

describeWithSharedData("flame graphs of recorded pprof files", (sharedDataDir) => {
  const folder = join(sharedDataDir, "pprof");
  const truth: Truth = sharedDataDir === "absent" ? {} : JSON.parse(readFileSync(join(folder, "TRUTH.json"), "utf8"));

  it.each(Object.keys(truth).filter((file) => !LEFT_OUT.includes(file)))("%s", (file) => {
    const bytes = new Uint8Array(readFileSync(join(folder, file)));
    const profile = decode(bytes[0] === 0x1f ? new Uint8Array(gunzipSync(bytes)) : bytes);
    truth[file]?.sampleTypes.forEach((expected, type) => {
      const values = valuesOf(profile, type);
      const tree = measure(treeOfStacks(profile.stacks, values));
      const { levels, hiddenNodes, otherTotal } = encodeFlamebearer(tree, -1);
      expect({
        total: String(tree.total.exact(0)),
        distinctNodes: tree.parent.length - 1,
        maxDepth: levels.length - 1,
        hiddenNodes,
        otherTotal,
      }).toEqual({
        total: expected.total,
        distinctNodes: expected.distinctNodes,
        maxDepth: expected.maxDepth,
        hiddenNodes: 0,
        otherTotal: 0,
      });

      // TRUTH calls a frame without a function by its address alone, we say its mapping, too.
      const names = tree.names.map((name) => name.replace(/^.*!(?=0x[0-9a-f]+$)/, ""));
      const table = topTable(tree);
      const lookup = (sums: WideSums, top: readonly [string, string][]) =>
        top.map(([name]) => [name, String(sums.exact(names.indexOf(name)))]);
      expect(lookup(table.self, expected.topSelf)).toEqual(expected.topSelf);
      expect(lookup(table.total, expected.topTotal)).toEqual(expected.topTotal);

      const { type: sampleType = "", unit = "" } = profile.sampleTypes[type] ?? {};
      const { period, timeNanos, durationNanos, stacks } = profile;
      const head = { sampleType, unit, periodType: "", periodUnit: "", period, timeNanos, durationNanos };
      const again = decode(encodePprof({ ...head, parts: [{ stacks, values }] }));
      expect(dump(treeOfStacks(again.stacks, valuesOf(again, 0)))).toEqual(dump(tree));
    });
  });
});
