// Cut stacks of Go where the client sends the previous profile along: what is in both must not count again, which it would under
// another stack.
import { describe, expect, it } from "vitest";
import { type PlainSample, pprofOf } from "../formats/pprof-bytes.ts";
import { decoded, multipart, totalOf } from "./upload.ts";

const frames = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `f${from + i}`);
/** Its window of 16 frames is that of `whole`, six frames from the root. */
const cut = [...frames(6, 36), "x", "y"];
const whole = frames(0, 31);
const heap = (samples: readonly PlainSample[]) =>
  pprofOf({ types: ["alloc_objects/count", "inuse_space/bytes"], file: "main.go", samples });

describe("a stack of both profiles is one, though only one of them tells how it goes on", () => {
  it.each([
    [
      "a stack that is new",
      [
        { stack: cut, values: [1005, 1] },
        { stack: whole, values: [1, 1] },
      ],
      [{ stack: cut, values: [1000, 1] }],
      6n,
    ],
    [
      "a deeper stack, by which Go seems to cut elsewhere",
      [
        { stack: cut, values: [1005, 1] },
        { stack: whole, values: [10, 1] },
        { stack: frames(100, 133), values: [1, 1] },
      ],
      [
        { stack: cut, values: [1000, 1] },
        { stack: whole, values: [9, 1] },
      ],
      7n,
    ],
  ])("%s", async (_what, now, before, expected) => {
    const request = await multipart("name=app", { profile: heap(now), prev_profile: heap(before) });
    const { series } = await decoded(request, { goRepair: true });
    expect(series.filter(({ type }) => type.id.includes("alloc_objects")).map(totalOf)).toEqual([expected]);
  });
});
