// What the worker of a file does, without a worker: reads its bytes, holds its trees, answers what is drawn of them.
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { ShareGraph } from "../../../src/api/share.ts";
import type { SentTree } from "../../../web/adhoc/file-messages.ts";
import { answerQuestion, factsOf, failureOf, holdBytes } from "../../../web/adhoc/held-file.ts";
import { readBytes, UnreadableFile } from "../../../web/adhoc/read-bytes.ts";

const UTF8 = new TextEncoder();
const MANY = 1000;
const hold = (text: string, name = "a.folded") => holdBytes(UTF8.encode(text), name);
const read = (bytes: BlobPart, most: number, told: number[] = []) =>
  readBytes(new Blob([bytes]), most, (count) => told.push(count));

describe("the bytes of a file", () => {
  const long = new Uint8Array(20_000_000).map((_, at) => at % 251);

  it("are read in pieces, and told of as they come", async () => {
    const told: number[] = [];
    expect(Buffer.from(await read(long, long.length, told)).equals(long)).toBe(true);
    expect(told.at(-1)).toBe(long.length);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });

  it("are inflated when they are gzip", async () => {
    expect(Buffer.from(await read(gzipSync(long), long.length)).equals(long)).toBe(true);
  });

  it.each([
    ["too many", long.slice(0, MANY + 1)],
    ["too many when inflated", gzipSync(new Uint8Array(5_000_000))],
  ])("are refused by the limit's name: %s", async (_what, bytes) => {
    await expect(read(bytes, MANY)).rejects.toMatchObject({
      code: "profile_too_large",
      facts: { limit: "inflatedBytes", allowed: MANY },
    });
  });

  it.each([
    ["that break off", gzipSync(long.slice(0, MANY)).subarray(0, 100)],
    ["gzipped twice", gzipSync(gzipSync(long.slice(0, MANY)))],
  ])("are refused as gzip: %s", async (_what, bytes) => {
    await expect(read(bytes, long.length)).rejects.toMatchObject({ code: "malformed_profile" });
  });

  const refused = () => Promise.reject(new Error("NotFoundError"));
  const head = new Blob(["ab"]);
  it.each([
    ["at once", { size: 3, slice: () => ({ arrayBuffer: refused }) }],
    ["later", { size: 3, slice: () => head, stream: () => new ReadableStream({ pull: refused }) }],
  ])("that the browser does not get at are said to be so: %s", async (_what, gone) => {
    const error = await readBytes(gone as unknown as Blob, MANY, () => {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnreadableFile);
    expect(failureOf(error, null, "a")).toMatchObject({ code: "unreadable", format: null });
  });
});

describe("a held file", () => {
  it("says what it is and what is in it", () => {
    expect(factsOf(hold("main;work 3\nmain 1\n"))).toEqual({
      format: "folded",
      graphs: [{ label: "samples", units: "samples", sampleRate: 100, total: 4, isDifference: false }],
      notes: [],
    });
  });

  it("draws as many nodes as it is asked for", () => {
    const held = hold(Array.from({ length: 100 }, (_, at) => `main;f${at} ${at + 1}`).join("\n"));
    const nodes = (mostNodes: number) => {
      const graph = answerQuestion(held, { kind: "graph", graph: 0, mostNodes }) as ShareGraph;
      return graph.flamebearer.names.length;
    };
    expect(nodes(10)).toBeLessThan(20);
    expect(nodes(MANY)).toBe(102);
  });

  it("is compared with the tree of another, which went through a message", () => {
    const [before, after] = [hold("main;work 6\nmain;wait 9007199254740994\n"), hold("main;work 3\nmain;new 5\n")];
    const sent = answerQuestion(before, { kind: "tree", graph: 0 }) as SentTree;
    const other = structuredClone(sent, { transfer: [sent.parent.buffer, sent.low.buffer] });
    const graph = answerQuestion(after, { kind: "difference", graph: 0, other, mostNodes: MANY }) as ShareGraph;
    expect(graph.metadata.format).toBe("double");
    expect(graph.flamebearer).toMatchObject({ leftTicks: 8, rightTicks: 9007199254741000 });
    // What was handed over was a copy.
    expect(factsOf(before).graphs[0]?.total).toBe(9007199254741000);
    expect(answerQuestion(before, { kind: "graph", graph: 0, mostNodes: MANY })).toMatchObject({
      flamebearer: { names: expect.arrayContaining(["wait"]) },
    });
  });

  it("says why it can't be shown, and what it was taken for", () => {
    const bytes = UTF8.encode("main;work three\n");
    const error = (() => {
      try {
        return holdBytes(bytes, "a.txt");
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(failureOf(error, bytes, "a.txt")).toMatchObject({ code: "malformed_profile", format: "folded" });
    expect(failureOf(new RangeError("Array buffer allocation failed"), bytes, "a.txt").code).toBe("crashed");
    expect(() => answerQuestion(hold("a 1"), { kind: "graph", graph: 7, mostNodes: 1 })).toThrow(
      expect.objectContaining({ code: "invalid_argument" }),
    );
  });
});
