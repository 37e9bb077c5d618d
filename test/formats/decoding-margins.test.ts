// Bounds by the bytes that were sent are for forged profiles: no real one comes near them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DECODING, LIMITS } from "../../src/config.ts";
import { decodePprof } from "../../src/formats/pprof/decode.ts";
import { inflateIfGzip } from "../../src/lib/inflate.ts";
import type { Profile } from "../../src/profile/profile.ts";
import { describeWithSharedData } from "../support/skips.ts";
import { stackPath } from "./stack-lines.ts";

const MARGIN = 4;

const entriesOf = ({ sampleNodes, stacks }: Profile): number =>
  sampleNodes.reduce((sum, node) => sum + stackPath(stacks, node).split(";").length, 0);

describeWithSharedData("the real pprof files", (dataDir) => {
  it("have a quarter of the nodes and of the mended stacks' growth that are allowed", () => {
    const folder = join(dataDir, "pprof");
    const files = readdirSync(folder).filter((name) => /\.pb(\.gz)?$/.test(name));
    let decoded = 0;
    let mended = 0;
    for (const name of files) {
      const bytes = inflateIfGzip(readFileSync(join(folder, name)), LIMITS);
      const [sent, repaired] = [false, true].map((goRepair) => {
        try {
          return decodePprof(bytes, { limits: LIMITS, goRepair });
        } catch {
          return null; // those that are malformed on purpose
        }
      });
      if (!sent || !repaired) continue;
      decoded++;
      const nodes = Math.max(sent.stacks.nodes.count, repaired.stacks.nodes.count);
      expect([name, nodes * MARGIN < DECODING.nodesPerByte * bytes.length]).toEqual([name, true]);
      const [before, after] = [entriesOf(sent), entriesOf(repaired)];
      if (after > before) mended++;
      expect([name, after * MARGIN <= DECODING.goGrowth * before]).toEqual([name, true]);
    }
    expect(decoded).toBeGreaterThan(5);
    expect(mended).toBeGreaterThan(0);
  });
});
