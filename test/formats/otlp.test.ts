// OTLP profiles: a real export of the eBPF profiler against what upstream makes of it, and under damage.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodeOtlp } from "../../src/formats/otlp/decode.ts";
import { readOtlpProto } from "../../src/formats/otlp/read-request.ts";
import { describeWithSharedData } from "../support/skips.ts";
import { mutate, random } from "./mutations.ts";
import { stackPath } from "./stack-lines.ts";

interface Golden {
  readonly samples: readonly {
    readonly locations: readonly { readonly lines?: readonly string[] }[];
    readonly values: string;
  }[];
}

describeWithSharedData("an export of the eBPF profiler", (dataDir) => {
  const file = (name: string) => readFileSync(join(dataDir, "otlp", name));

  it("has the CPU stacks, nanoseconds and build ids that upstream finds", () => {
    const golden = JSON.parse(file("otel-ebpf-profile-cpu.out.json").toString()) as Golden;
    const expected = new Map<string, bigint>();
    for (const { locations, values } of golden.samples) {
      const names = locations.map(({ lines }) => (lines?.[0] ?? "").replace(/\[.*/, ""));
      const path = names.reverse().join(";");
      expected.set(path, (expected.get(path) ?? 0n) + BigInt(values));
    }
    const found = new Map<string, bigint>();
    const uploads = decodeOtlp(readOtlpProto(new Uint8Array(file("otel-ebpf-profile.pb.bin")), LIMITS), LIMITS);
    for (const { metric, profile } of uploads) {
      if (metric !== "process_cpu") continue;
      profile.sampleNodes.forEach((node, s) => {
        const path = stackPath(profile.stacks, node);
        found.set(path, (found.get(path) ?? 0n) + (profile.sampleValues[s] ?? 0n));
      });
      expect(profile.stacks.strings.internText("7b547e58a70dd26d821993906be478993a56599b")).toBeLessThan(
        profile.stacks.strings.count - 1,
      );
    }
    expect(found).toEqual(expected);
    expect([...found.values()].reduce((a, b) => a + b, 0n)).toBe(500_000_000n);
  });

  it("is never more than refused, however it is damaged", () => {
    const bytes = new Uint8Array(file("otel-ebpf-profile.pb.bin"));
    const next = random(9);
    const counts: Record<string, number> = {};
    for (let i = 0; i < 150; i++) {
      let result = "ok";
      try {
        decodeOtlp(readOtlpProto(mutate(bytes, next), LIMITS), LIMITS);
      } catch (error) {
        result = (error as { code?: string }).code ?? String(error);
      }
      counts[result] = (counts[result] ?? 0) + 1;
    }
    expect(
      Object.keys(counts).filter((key) => !["ok", "malformed_profile", "profile_too_large"].includes(key)),
    ).toEqual([]);
    expect(counts.ok).toBeGreaterThan(5);
    expect(counts.malformed_profile).toBeGreaterThan(5);
  });
});
