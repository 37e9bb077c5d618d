// Two readers of one message: our own, for plain protobuf, and the library's, for everything else. They may not differ.
import { create, fromBinary, fromJson, toBinary, toJson } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS, type Limits } from "../../src/config.ts";
import { PushRequestSchema } from "../../src/connect/gen/push/v1/push_pb.ts";
import type { PushSeries } from "../../src/formats/push/read-push.ts";
import { pushOfBytes, pushOfMessage } from "../../src/ingest/push-request.ts";
import { AppError } from "../../src/lib/app-error.ts";
import { mutate, random } from "../formats/mutations.ts";
import { concat, message } from "../formats/pprof-bytes.ts";
import { pushOf } from "../formats/push-bytes.ts";

const SMALL: Limits = { ...LIMITS, profilesPerRequest: 3, labelsPerSeries: 1 };

const byLibrary = (bytes: Uint8Array, limits: Limits) => pushOfMessage(fromBinary(PushRequestSchema, bytes), limits);
const byJson = (bytes: Uint8Array, limits: Limits) => {
  const json = toJson(PushRequestSchema, fromBinary(PushRequestSchema, bytes));
  return pushOfMessage(fromJson(PushRequestSchema, json), limits);
};

/** Series with bytes as numbers, or why there are none. */
function answerOf(read: () => readonly PushSeries[]): unknown {
  try {
    return read().map(({ labels, samples }) => ({
      labels,
      samples: samples.map(({ profile, id }) => ({ id, profile: [...profile] })),
    }));
  } catch (error) {
    if (error instanceof AppError && error.code === "profile_too_large") return error.message;
    return "refused";
  }
}

const series = (labels: number, samples: number) => ({
  labels: Object.fromEntries(Array.from({ length: labels }, (_, i) => [`l${i}`, `v${i}`])),
  samples: Array.from({ length: samples }, (_, i) => ({
    profile: Uint8Array.of(i, 255),
    ...(i % 2 ? { id: `${i}` } : {}),
  })),
});

describe("our reader of Push and the library's", () => {
  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array(0)],
    ["an ordinary request", pushOf(series(2, 2))],
    ["series without labels or profiles", pushOf(series(0, 1), series(1, 0), series(0, 0))],
    [
      "labels that repeat a name",
      message([1, message([1, message([1, "a"], [2, "b"])], [1, message([1, "a"], [2, "c"])])]),
    ],
    ["the last of a repeated field", message([1, message([2, message([1, "x"], [1, "y"], [2, "1"], [2, "2"])])])],
    [
      "fields that nobody knows",
      message([7, 5n], [1, message([3, message([1, "note"])], [2, message([1, "x"], [9, 1n])])]),
    ],
    ["too many profiles", pushOf(series(1, 4))],
    ["too many series", pushOf(series(0, 0), series(0, 0), series(0, 0), series(0, 0))],
    ["too many profiles in all", pushOf(series(1, 2), series(1, 2))],
    ["too many labels", pushOf(series(11, 1))],
    ["as many labels as may be", pushOf(series(10, 1))],
    ["a message cut off", pushOf(series(2, 2)).subarray(0, 20)],
    ["text", new TextEncoder().encode("hello")],
    ["a number in place of a message", message([1, 5n])],
    ["a number in place of a profile", message([1, message([2, message([1, 5n])])])],
    ["a number in place of a label's name", message([1, message([1, message([1, 5n])])])],
    ["a known field as a group", Uint8Array.of(0x0b, 0x0c)],
    [
      "labels that are not UTF-8",
      concat(message([1, message([1, message([1, Uint8Array.of(0xff, 0x61)], [2, "b"])])])),
    ],
  ])("say the same of %s", (_what, bytes) => {
    const answer = answerOf(() => pushOfBytes(bytes, SMALL));
    expect(answerOf(() => byLibrary(bytes, SMALL))).toEqual(answer);
    if (answer !== "refused") expect(answerOf(() => byJson(bytes, SMALL))).toEqual(answer);
  });

  it("say the same of any request, and of any damaged one that ours takes: it is the stricter one", () => {
    const text = fc.string({ unit: "binary", maxLength: 8 });
    const request = fc.array(
      fc.record({
        labels: fc.array(fc.record({ name: text, value: text }), { maxLength: 3 }),
        samples: fc.array(fc.record({ rawProfile: fc.uint8Array({ maxLength: 6 }), ID: text }), { maxLength: 3 }),
      }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(request, fc.nat(), (plain, seed) => {
        const bytes = toBinary(PushRequestSchema, create(PushRequestSchema, { series: plain }));
        for (const sent of [bytes, mutate(bytes, random(seed))]) {
          const answer = answerOf(() => pushOfBytes(sent, LIMITS));
          if (sent === bytes) expect(answer).not.toBe("refused");
          if (answer !== "refused") expect(answerOf(() => byLibrary(sent, LIMITS))).toEqual(answer);
        }
      }),
    );
  });
});
