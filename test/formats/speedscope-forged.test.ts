// JSON that no tool writes where speedscope has a name or a number: refused as a client's error, never a fault of ours.
import { expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodeSpeedscope } from "../../src/formats/speedscope.ts";

const SCHEMA = "https://www.speedscope.app/file-format-schema.json";
const sampled = { type: "sampled", name: "p", unit: "seconds", startValue: 0, samples: [[0]], weights: [2] };
const evented = { type: "evented", name: "p", unit: "none", startValue: 0, events: [] };
/** Neither has a text that JavaScript could make of it. */
const UNSPEAKABLE = { toString: 0, valueOf: 0 };
const DEEP = "[".repeat(20_000) + "]".repeat(20_000);

it.each([
  ["a type that has no text", { ...sampled, type: UNSPEAKABLE }],
  ["a unit that has no text", { ...sampled, unit: UNSPEAKABLE }],
  ["a frame that has no text", { ...sampled, samples: [[UNSPEAKABLE]] }],
  ["an event's type that has no text", { ...evented, events: [{ type: UNSPEAKABLE, at: 0, frame: 0 }] }],
  ["a start that is a deep list", { ...sampled, startValue: "DEEP" }, "profile_too_large"],
  ["a frame that is a deep list", { ...sampled, samples: [["DEEP"]] }, "profile_too_large"],
])("refuses %s", (_what, profile, code = "malformed_profile") => {
  const file = JSON.stringify({ $schema: SCHEMA, shared: { frames: [{ name: "a" }] }, profiles: [profile] });
  expect(() => decodeSpeedscope(new TextEncoder().encode(file.replace('"DEEP"', DEEP)), LIMITS)).toThrow(
    expect.objectContaining({ code }),
  );
});
