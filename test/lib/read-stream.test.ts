// Reading a stream up to a limit: the bytes are what was sent, and nothing is read beyond the limit.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAtMost } from "../../src/lib/read-stream.ts";

const tooMuch = () => new Error("too much");

/** Gives its pieces one by one, and says how many were asked for and whether it was given up. */
function pieceStream(pieces: readonly Uint8Array[]) {
  const seen = { pulled: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[seen.pulled++];
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
      cancel() {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, seen };
}

describe("a stream that is read up to a limit", () => {
  it("is all of its pieces, and each is told of", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }), async (pieces) => {
        const told: number[] = [];
        const whole = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
        const read = await readAtMost(pieceStream(pieces).stream, whole.length, tooMuch, (length) => told.push(length));
        expect(read).toEqual(whole);
        expect(told).toHaveLength(pieces.length);
        expect(told.at(-1) ?? 0).toBe(whole.length);
      }),
    );
  });

  it("is given up with the first byte too many", async () => {
    const { stream, seen } = pieceStream([new Uint8Array(3), new Uint8Array(2), new Uint8Array(9)]);
    await expect(readAtMost(stream, 4, tooMuch)).rejects.toThrow("too much");
    expect(seen).toEqual({ pulled: 2, cancelled: true });
  });

  it("passes on what breaks it", async () => {
    const stream = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("gone")) });
    await expect(readAtMost(stream, 4, tooMuch)).rejects.toThrow("gone");
  });
});
