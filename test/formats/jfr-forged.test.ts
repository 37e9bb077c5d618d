// Recordings that nobody's recorder writes: bounded in time and memory, whatever they say.
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodeJfr } from "../../src/formats/jfr/decode.ts";
import { NO_SNAPSHOT, readLabelSnapshot } from "../../src/formats/jfr/label-snapshot.ts";
import { normaliseSymbol } from "../../src/formats/jfr/symbols.ts";
import { LabelDrops } from "../../src/profile/label-drops.ts";

describe("a forged recording", () => {
  const text = (value: string): number[] => [3, ...long(value.length), ...new TextEncoder().encode(value)];
  const long = (value: number): number[] => {
    const bytes: number[] = [];
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    return [...bytes, rest];
  };
  const u64 = (value: number): number[] => [
    0,
    0,
    0,
    0,
    value >>> 24,
    (value >>> 16) & 255,
    (value >>> 8) & 255,
    value & 255,
  ];

  /** Class 1 is java.lang.String, class 2 is called as told and has one field, a list of class 3, which has a field of class 2. */
  function chunkOf(className: string, pools: (at: number) => number[]): Uint8Array {
    const strings = [
      "root",
      "class",
      "id",
      "name",
      "field",
      "dimension",
      "1",
      "2",
      "3",
      className,
      "java.lang.String",
      "Pair",
      "f",
    ];
    const at = (name: string) => long(strings.indexOf(name));
    const field = (type: string, isList: boolean) => [
      ...at("field"),
      ...long(isList ? 3 : 2),
      ...at("name"),
      ...at("f"),
      ...at("class"),
      ...at(type),
      ...(isList ? [...at("dimension"), ...at("1")] : []),
      ...long(0),
    ];
    const type = (id: string, name: string, fields: number[][]) => [
      ...at("class"),
      ...long(2),
      ...at("id"),
      ...at(id),
      ...at("name"),
      ...at(name),
      ...long(fields.length),
      ...fields.flat(),
    ];
    const element = [
      ...at("root"),
      0,
      ...long(3),
      ...type("1", "java.lang.String", []),
      ...type("2", className, []),
      ...type("3", "Pair", [field("2", true)]),
    ];
    const rest = [0, 0, 0, 0, ...long(strings.length), ...strings.flatMap(text), ...element];
    const poolsAt = 68 + 2 + rest.length;
    const poolBytes = pools(poolsAt);
    // One event, as long as the chunk: two bytes say so.
    const length = 2 + rest.length + poolBytes.length;
    const body = [(length % 128) + 128, Math.floor(length / 128), ...rest, ...poolBytes];
    const size = 68 + body.length;
    const header = [
      0x46,
      0x4c,
      0x52,
      0,
      0,
      2,
      0,
      0,
      ...u64(size),
      ...u64(poolsAt),
      ...u64(68),
      ...new Array(32).fill(0),
      0,
      0,
      0,
      1,
    ];
    return Uint8Array.from([...header, ...body]);
  }
  const decodeIt = (bytes: Uint8Array) =>
    decodeJfr(bytes, { limits: LIMITS, periodNanos: 10_000_000, labels: NO_SNAPSHOT });

  it("is refused where pools lie over one another", () => {
    // Each pool has one string, which holds all the pools that follow.
    const pools = () => {
      let events: number[] = [];
      for (let i = 0; i < 200; i++) {
        const body = [...long(1), ...long(1), ...long(1), ...long(i), 3, ...long(events.length), ...events];
        const delta = events.length === 0 ? 0 : 6 + body.length - events.length;
        events = [...long(9), 1, 0, 0, ...long(delta), 0, ...body];
        if (delta >= 128) throw new Error("the delta has two bytes");
      }
      return events;
    };
    expect(() => decodeIt(chunkOf("long", pools))).toThrow(/over one another/);
  });

  it("has no field that every object of JavaScript has", () => {
    // A list of a class without fields, which says that it has a hundred.
    expect(decodeIt(chunkOf("toString", () => [9, 1, 0, 0, 0, 0, 1, 3, 1, 0, 100]))).toBeNull();
  });

  it("is read in time where a name looks like many files", () => {
    const name = "libzstd-jni-1".repeat(200_000);
    expect(normaliseSymbol(name)).toBe(name);
  });

  it("has labels of bounded size", () => {
    const bytes = (field: number, body: number[]) => [field * 8 + 2, ...long(body.length), ...body];
    const pairs = Array.from({ length: 500 }, (_, i) => bytes(1, [8, ...long(i + 1), 16, ...long(i + 1)])).flat();
    const strings = Array.from({ length: 500 }, (_, i) => {
      const value = i === 0 ? "v".repeat(LIMITS.labelValueBytes + 1) : `l${i}`;
      return bytes(2, [8, ...long(i + 1), ...bytes(2, [...new TextEncoder().encode(value)])]);
    }).flat();
    const drops = new LabelDrops();
    const sent = Uint8Array.from([...bytes(1, [8, 1, ...bytes(2, pairs)]), ...strings]);
    const snapshot = readLabelSnapshot(sent, LIMITS, drops);
    expect(drops.notes().map(({ subject, limit, actual }) => [subject, limit, actual])).toEqual([
      ["labels of a context", "labelsPerSeries", 500],
      ["label of a context", "labelNameBytes", LIMITS.labelValueBytes + 1],
    ]);
    expect(snapshot.contexts.get(1)?.length).toBe(LIMITS.labelsPerSeries);
    expect(snapshot.contexts.get(1)?.slice(0, 2)).toEqual([
      ["", ""],
      ["l1", "l1"],
    ]);
  });
});
