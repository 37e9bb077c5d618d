// Requests that mean harm, by hand and by damage. Bodies are made when they are sent: ten thousand of them don't fit at once.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createGzip, gunzipSync, gzipSync } from "node:zlib";
import { flipBits, random } from "../formats/mutations.ts";
import { concat, message, pprofOf, varint } from "../formats/pprof-bytes.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface HostileUpload {
  readonly name: string;
  body(): Uint8Array;
  /** Query of /ingest; the default says raw pprof. */
  readonly params?: string;
  readonly contentType?: string;
  /** Announced instead of the true length; the rest is never sent. */
  readonly declaredBytes?: number;
  /** Whether the profile is legal, as far as is known beforehand. */
  readonly legal?: boolean;
}

const MOST = 2n ** 63n - 1n;
const FIXTURES = join(import.meta.dirname, "../fixtures/pprof");
const plain = (file: string): Bytes => {
  const bytes = readFileSync(join(FIXTURES, file));
  return new Uint8Array(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);
};

/** One file cut at every byte, as it is and inflated. */
export function truncations(file: string): HostileUpload[] {
  const inflated = plain(file);
  const packed = new Uint8Array(gzipSync(inflated));
  return [packed, inflated].flatMap((bytes) =>
    Array.from({ length: bytes.length }, (_, length) => ({
      name: `${file} cut at ${length} of ${bytes.length}`,
      body: () => bytes.slice(0, length),
    })),
  );
}

/** `count` damaged variants over several files: mostly of the inflated bytes, because gzip notices by itself. */
export function bitFlips(files: readonly string[], count: number, seed: number): HostileUpload[] {
  const sources = files.map((file) => ({ file, inflated: plain(file), packed: new Uint8Array(gzipSync(plain(file))) }));
  return Array.from({ length: count }, (_, n) => {
    const { file, inflated, packed } = sources[n % sources.length]!;
    return {
      name: `${file}, flip ${n} of seed ${seed}`,
      body: () => flipBits(n % 8 === 0 ? packed : inflated, random(seed + n)),
    };
  });
}

/** A gigabyte of zeros in about one megabyte. */
export async function gzipBomb(): Promise<Bytes> {
  const pieces: Buffer[] = [];
  const gzip = createGzip({ level: 9 }).on("data", (piece: Buffer) => pieces.push(piece));
  const zeros = Buffer.alloc(1024 * 1024);
  for (let written = 0; written < 1024; written++) {
    if (!gzip.write(zeros)) await new Promise((resolve) => gzip.once("drain", resolve));
  }
  await new Promise((resolve) => gzip.end().once("end", resolve));
  return new Uint8Array(Buffer.concat(pieces));
}

const frames = (count: number): string[] => Array.from({ length: count }, (_, n) => `f${n}`);
const small = (values: readonly (bigint | number)[]): Bytes =>
  pprofOf({
    types: ["samples/count"],
    samples: values.map((value, n) => ({ stack: ["main", `f${n}`], values: [value] })),
  });
const text = (body: string): Bytes => new TextEncoder().encode(body);
const folded = (name: string, body: () => Bytes, legal = false): HostileUpload => ({ name, body, params: "", legal });
const form = (name: string, body: string, contentType: string): HostileUpload => ({
  name,
  body: () => text(body),
  params: "",
  contentType,
});

export function specialUploads(bomb: Bytes): HostileUpload[] {
  const deep = frames(10_000);
  const labels = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, `v${n}`]));
  const legal = true;
  return [
    { name: "a gzip bomb of a gigabyte", body: () => bomb },
    folded("a gzip bomb as text", () => bomb),
    { name: "gzip in gzip", body: () => new Uint8Array(gzipSync(gzipSync(small([1])))) },
    { name: "gzip with a tail", body: () => concat(new Uint8Array(gzipSync(small([1]))), Uint8Array.of(1, 2, 3)) },
    {
      name: "a stack of 10 000",
      body: () => pprofOf({ types: ["cpu/nanoseconds"], samples: [{ stack: deep, values: [1] }] }),
      legal,
    },
    folded("a folded stack of 10 000", () => text(`${deep.join(";")} 1`), legal),
    folded("a folded line of a megabyte", () => text(`${"x".repeat(1_000_000)} 1`), legal),
    folded("a million semicolons", () => text(`${";".repeat(1_000_000)} 1`), legal),
    { name: "2^63 - 1 once", body: () => small([MOST]), legal },
    { name: "2^63 - 1 once more", body: () => small([MOST]), legal },
    { name: "2^63 - 1 twice", body: () => small([MOST, MOST]) },
    { name: "a negative value", body: () => small([-1]) },
    { name: "the most negative value", body: () => small([-(2n ** 63n)]) },
    folded("a count of 2^63 - 1", () => text(`a;b ${MOST}`), false),
    folded("a count beyond 64 bits", () => text(`a;b ${"9".repeat(400)}`)),
    folded("a count that is none", () => text("a;b 1e5")),
    {
      name: "20 000 labels",
      body: () => pprofOf({ types: ["a/b"], samples: [{ stack: ["m"], values: [1], labels }] }),
    },
    {
      name: "30 000 series",
      body: () =>
        pprofOf({
          types: ["a/b"],
          samples: Array.from({ length: 30_000 }, (_, n) => ({ stack: ["m"], values: [1], labels: { k: `${n}` } })),
        }),
    },
    {
      name: "ids of 64 bits",
      body: () => pprofOf({ types: ["a/b"], samples: [{ stack: ["m", "n"], values: [1] }], firstId: 2n ** 64n - 9n }),
      legal,
    },
    { name: "a string table of one", body: () => message([6, "x"]) },
    {
      name: "a sample of unknown locations",
      body: () => message([6, ""], [1, message([1, 0])], [2, message([1, [77]], [2, [1]])]),
    },
    { name: "a length beyond the end", body: () => concat(varint(2 * 8 + 2), varint(2n ** 63n)) },
    { name: "nothing", body: () => new Uint8Array(0), legal },
    { name: "zeros", body: () => new Uint8Array(1000) },
    { name: "ones", body: () => new Uint8Array(1000).fill(255) },
    { name: "a body over the limit", body: () => new Uint8Array(1000), declaredBytes: 65 * 1024 * 1024 },
    { name: "a body at the limit", body: () => new Uint8Array(64 * 1024 * 1024) },
    form("a form without a boundary", "--x\r\n", "multipart/form-data"),
    form(
      "a form that never ends",
      "--x\r\nContent-Disposition: form-data; name=profile; filename=a\r\n\r\nabc",
      "multipart/form-data; boundary=x",
    ),
    form(
      "a config that is no JSON",
      '--x\r\nContent-Disposition: form-data; name="profile"; filename="a"\r\n\r\nabc\r\n--x\r\nContent-Disposition: form-data; name="sample_type_config"; filename="c"\r\n\r\n{"a":\r\n--x--\r\n',
      "multipart/form-data; boundary=x",
    ),
  ];
}

/** Every field of a profile as every wire type. */
export const wireTypes = (): HostileUpload[] =>
  [0, 1, 2, 3, 4, 5, 6, 7].flatMap((wire) =>
    [1, 2, 3, 4, 5, 6, 9, 12].map((field) => ({
      name: `field ${field} as wire type ${wire}`,
      body: () => concat(varint(field * 8 + wire), varint(2n ** 62n), small([1])),
    })),
  );
