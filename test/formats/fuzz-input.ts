// The damaged input number N of a seed: the same in the test, in the long run, and when a found case is looked at again.
import { gzipSync } from "node:zlib";
import type { FuzzSubject } from "./fuzz-subjects.ts";
import { mutate, mutateJson, random, splice } from "./mutations.ts";

export interface DamagedInput {
  readonly body: Uint8Array<ArrayBuffer>;
  /** Bytes of the body, or of what it inflates to: whichever is more. */
  readonly size: number;
}

export function damagedInput({ seeds, isJson }: FuzzSubject, seed: number, input: number): DamagedInput {
  const next = random(seed * 1_000_003 + input);
  const pick = () => seeds[Math.floor(next() * seeds.length)] ?? new Uint8Array(0);
  let bytes = new Uint8Array(pick());
  if (isJson && next() < 0.6) {
    let text = new TextDecoder().decode(bytes);
    for (let times = 1 + Math.floor(next() * 4); times > 0; times--) text = mutateJson(text, next);
    bytes = new TextEncoder().encode(text);
  } else if (next() < 0.1) bytes = splice(bytes, pick(), next);
  else for (let times = 1 + Math.floor(next() * next() * 4); times > 0; times--) bytes = mutate(bytes, next);
  // One in eight comes gzipped, and half of those are damaged once more.
  if (input % 8 !== 0) return { body: bytes, size: bytes.length };
  const packed = new Uint8Array(gzipSync(bytes));
  const body = input % 16 === 0 ? mutate(packed, next) : packed;
  return { body, size: Math.max(body.length, bytes.length) };
}
