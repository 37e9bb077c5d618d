// The stack dictionary's stretches, an upload's batch, and the ladder: laws.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/lib/app-error.ts";
import { ByteWriter } from "../../src/lib/byte-writer.ts";
import { applyDictionary, encodeDictionary, internEncoded } from "../../src/profile/dictionary-codec.ts";
import { StackDictionary } from "../../src/profile/stack-dictionary.ts";
import { BatchWriter } from "../../src/segment/batch.ts";
import { coverRange } from "../../src/segment/ladder.ts";
import { withoutUploads } from "../../src/segment/without-uploads.ts";
import { decodeBatch } from "../support/decode-batch.ts";
import { internDictionary } from "../support/intern-dictionary.ts";

type Frame = readonly [name: number, line: number];
const frame: fc.Arbitrary<Frame> = fc.tuple(fc.nat(5), fc.constantFrom(0, 1, 0x7fffffff));
const stacks = fc.array(fc.array(frame, { maxLength: 6 }), { maxLength: 20 });

/** @returns the innermost node of each stack */
function add(dictionary: StackDictionary, all: readonly (readonly Frame[])[]): number[] {
  return all.map((stack) => {
    let node = 0;
    for (const [name, line] of stack) {
      const fn = dictionary.functions.intern([dictionary.strings.internText(`f${name}`), 0, 0, 0]);
      node = dictionary.child(node, dictionary.frames.intern([fn, line, 0, 0, 0]));
    }
    return node;
  });
}

function pathOf(dictionary: StackDictionary, node: number): string {
  const names: string[] = [];
  for (let at = node; at !== 0; at = dictionary.parentOf(at)) {
    const id = dictionary.frameOf(at);
    names.push(`${dictionary.frameName(id)}:${dictionary.frames.at(id, 1)}`);
  }
  return names.reverse().join(";");
}

describe("a dictionary's stretches", () => {
  it("give the same dictionary back, however its history is cut, and also when they repeat", () => {
    fc.assert(
      fc.property(fc.array(stacks, { minLength: 1, maxLength: 4 }), (history) => {
        const whole = new StackDictionary();
        const sizes = [whole.size];
        const stretches = history.map((part) => {
          add(whole, part);
          sizes.push(whole.size);
          return encodeDictionary(whole, sizes.at(-2), sizes.at(-1));
        });
        const copy = new StackDictionary();
        for (const stretch of stretches) {
          applyDictionary(copy, stretch);
          applyDictionary(copy, stretch);
        }
        expect(copy.size).toEqual(whole.size);
        expect([...encodeDictionary(copy)]).toEqual([...encodeDictionary(whole)]);
        // A stretch is the same bytes whenever it is asked for: retried seals rely on it.
        expect([...encodeDictionary(whole, sizes[0], sizes[1])]).toEqual([...(stretches[0] ?? [])]);
      }),
    );
  });

  it("that leave a gap, or are no dictionary, are refused and nothing else", () => {
    fc.assert(
      fc.property(stacks, fc.nat(), fc.nat(255), (all, at, byte) => {
        const dictionary = new StackDictionary();
        add(dictionary, all);
        const bytes = encodeDictionary(dictionary);
        bytes[at % bytes.length] = byte;
        try {
          applyDictionary(new StackDictionary(), bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
        const cut = bytes.subarray(0, at % bytes.length);
        expect(() => applyDictionary(new StackDictionary(), cut)).toThrow(AppError);
      }),
      { numRuns: 300 },
    );
  });

  it("merge into another dictionary without changing any path, or any id that was there", () => {
    fc.assert(
      fc.property(stacks, stacks, (mine, theirs) => {
        const target = new StackDictionary();
        const before = add(target, mine).map((node) => [node, pathOf(target, node)] as const);
        const source = new StackDictionary();
        const nodes = add(source, theirs);
        const nodeOf = internDictionary(source, target);
        for (const node of nodes) expect(pathOf(target, nodeOf[node]!)).toBe(pathOf(source, node));
        for (const [node, path] of before) expect(pathOf(target, node)).toBe(path);
        for (let node = 1; node < target.nodes.count; node++) expect(target.parentOf(node)).toBeLessThan(node);
        expect(internDictionary(source, target)).toEqual(nodeOf);
      }),
    );
  });

  it("merge the same when only their bytes are there", () => {
    fc.assert(
      fc.property(stacks, stacks, (mine, theirs) => {
        const [target, same] = [new StackDictionary(), new StackDictionary()];
        add(target, mine);
        add(same, mine);
        const source = new StackDictionary();
        add(source, theirs);
        expect(internEncoded(encodeDictionary(source), target)).toEqual(internDictionary(source, same));
        expect([...encodeDictionary(target)]).toEqual([...encodeDictionary(same)]);
      }),
    );
  });

  it("are refused as bytes when they are damaged, or not whole", () => {
    const dictionary = new StackDictionary();
    add(dictionary, [[[0, 1]], [[1, 0]]]);
    const { size } = dictionary;
    add(dictionary, [[[2, 1]]]);
    expect(() => internEncoded(encodeDictionary(dictionary, size), new StackDictionary())).toThrow(AppError);
    fc.assert(
      fc.property(fc.nat(), fc.nat(255), fc.boolean(), (at, byte, isCut) => {
        const bytes = encodeDictionary(dictionary);
        bytes[at % bytes.length] = byte;
        const damaged = isCut ? bytes.subarray(0, at % bytes.length) : bytes;
        const target = new StackDictionary();
        try {
          const nodeOf = internEncoded(damaged, target);
          for (const node of nodeOf) expect(node).toBeLessThan(target.nodes.count);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("a batch of uploads", () => {
  const text = fc.string({ unit: "grapheme" });
  const labels = fc.array(fc.tuple(text, text), { maxLength: 3 });
  const upload = fc.record({
    slot: fc.nat(2 ** 31),
    series: fc.array(fc.record({ typeId: fc.constantFrom("a:b:c::", "d:e:f:g:h"), labels }), { maxLength: 3 }),
  });

  it("reads back whole, each series named once", () => {
    fc.assert(
      fc.property(stacks, fc.array(upload, { maxLength: 4 }), (all, uploads) => {
        const dictionary = new StackDictionary();
        const nodes = Int32Array.from(new Set(add(dictionary, all))).sort();
        const low = Float64Array.from(nodes, (node) => node + 1);
        const writer = new BatchWriter(dictionary);
        for (const { slot, series } of uploads) {
          const vectors = series.map((one) => ({
            type: { id: one.typeId },
            labels: one.labels,
            nodes,
            low,
            high: null,
          }));
          writer.add(slot, vectors);
        }
        const back = decodeBatch(writer.finish());
        const named = back.uploads.map(({ slot, vectors }) => ({
          slot,
          series: vectors.map((one) => back.series[one.series]),
        }));
        expect(named).toEqual(uploads);
        for (const { vectors } of back.uploads)
          for (const one of vectors) expect(one).toMatchObject({ nodes, low, high: null });
        expect(new Set(back.series.map((one) => JSON.stringify(one))).size).toBe(back.series.length);
        expect([...encodeDictionary(back.stacks)]).toEqual([...encodeDictionary(dictionary)]);
      }),
    );
  });

  it("loses the uploads it is told to, and nothing else", () => {
    fc.assert(
      fc.property(stacks, fc.array(upload, { maxLength: 4 }), fc.func(fc.boolean()), (all, uploads, keeps) => {
        const dictionary = new StackDictionary();
        const nodes = Int32Array.from(new Set(add(dictionary, all))).sort();
        const low = Float64Array.from(nodes, (node) => node + 1);
        const writer = new BatchWriter(dictionary);
        for (const { slot, series } of uploads) {
          const vectors = series.map((one) => ({
            type: { id: one.typeId },
            labels: one.labels,
            nodes,
            low,
            high: null,
          }));
          writer.add(slot, vectors);
        }
        const batch = writer.finish();
        const whole = decodeBatch(batch);
        const cut = decodeBatch(withoutUploads(batch, keeps));
        expect(cut.uploads).toEqual(whole.uploads.filter((_upload, i) => keeps(i)));
        expect(cut.series).toEqual(whole.series);
        expect([...encodeDictionary(cut.stacks)]).toEqual([...encodeDictionary(whole.stacks)]);
      }),
    );
  });

  it("has nothing of what the dictionary has forgotten, and what comes after is as if that had never been", () => {
    const dictionary = new StackDictionary();
    const [node = 0] = add(dictionary, [[[0, 1]]]);
    const { size } = dictionary;
    const writer = new BatchWriter(dictionary);
    const vector = { nodes: Int32Array.of(node), low: Float64Array.of(3), high: null };
    writer.add(10, [{ type: { id: "a:b:c::" }, labels: [], ...vector }]);
    const refused = Array.from({ length: 2000 }, (_, i) => [[i % 7, i]] as [number, number][]);
    add(dictionary, refused); // of a profile that was refused: the tables grow
    dictionary.truncate(size);
    expect(dictionary.size).toEqual(size);
    const back = decodeBatch(writer.finish());
    expect(back.stacks.size).toEqual(size);
    expect(back.uploads).toEqual([{ slot: 10, vectors: [{ series: 0, ...vector }] }]);
    const fresh = new StackDictionary();
    add(fresh, [[[0, 1]]]);
    expect(add(dictionary, refused)).toEqual(add(fresh, refused));
    expect([...encodeDictionary(dictionary)]).toEqual([...encodeDictionary(fresh)]);
  });

  it("of version 1, which rows of an older release may hold, is one upload", () => {
    const dictionary = new StackDictionary();
    const [node = 0] = add(dictionary, [[[0, 1]]]);
    const out = new ByteWriter();
    out.raw(Uint8Array.of(0xb1, 1));
    out.varint(1_700_000_000);
    out.varint(1);
    out.text(JSON.stringify({ id: "a:b:c::", units: "samples" }));
    out.varint(1);
    out.varint(0);
    out.varint(1);
    out.text("region");
    out.text("eu");
    out.blob(Uint8Array.of(1, 1, node, 5)); // multiplier 1, one pair
    out.blob(encodeDictionary(dictionary));
    const back = decodeBatch(out.finish());
    expect(back.series).toEqual([{ typeId: "a:b:c::", labels: [["region", "eu"]] }]);
    const vector = { series: 0, nodes: Int32Array.of(node), low: Float64Array.of(5), high: null };
    expect(back.uploads).toEqual([{ slot: 1_700_000_000, vectors: [vector] }]);
  });
});

describe("coverRange", () => {
  const RUNGS = [10, 60, 600, 3600];
  const slot = fc.nat(2000).map((n) => n * 10);

  it("covers the range once with whole nodes, as few as there can be", () => {
    fc.assert(
      fc.property(slot, slot, (a, b) => {
        const [from, until] = [Math.min(a, b), Math.max(a, b)];
        const nodes = coverRange(from, until, RUNGS);
        let at = from;
        for (const { width, start } of nodes) {
          expect([start, start % width, RUNGS.includes(width)]).toEqual([at, 0, true]);
          at += width;
        }
        expect(at).toBe(until);
        expect(nodes.length).toBe(fewest(from, until));
      }),
    );
  });

  it("goes down where a wide node may not be used", () => {
    fc.assert(
      fc.property(slot, slot, fc.nat(), (a, b, salt) => {
        const [from, until] = [Math.min(a, b), Math.max(a, b)];
        const usable = ({ width, start }: { width: number; start: number }) => (start / width + width + salt) % 3 !== 0;
        const nodes = coverRange(from, until, RUNGS, usable);
        expect(nodes.filter((node) => node.width !== 10 && !usable(node))).toEqual([]);
        expect(nodes.reduce((sum, { width }) => sum + width, 0)).toBe(until - from);
      }),
    );
  });

  /** By trying every node that begins at each place, from the end backwards. */
  function fewest(from: number, until: number): number {
    const best = new Map([[until, 0]]);
    for (let at = until - 10; at >= from; at -= 10) {
      const options = RUNGS.filter((width) => at % width === 0 && at + width <= until);
      best.set(at, 1 + Math.min(...options.map((width) => best.get(at + width) ?? Number.POSITIVE_INFINITY)));
    }
    return best.get(from) ?? 0;
  }
});
