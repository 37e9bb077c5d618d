// OTLP exports of attackers: rows of nothing, one dictionary that every service reads anew, and labels that are put together.
import { ByteWriter } from "../../../src/lib/byte-writer.ts";
import { concat, message } from "../pprof-bytes.ts";
import { type Attack, type Bytes, field, type Route, repeated, text, untilFull } from "./attack.ts";

const PROTO: Route = { kind: "otlp protobuf" };
const JSON_FORM: Route = { kind: "otlp json" };

const STRINGS = ["", "cpu", "nanoseconds", "f", "key"];
const TABLE = concat(...STRINGS.map((one) => message([5, one])));
const TYPE = message([1, message([1, 1], [2, 2])]);
const FUNCTIONS = message([3, message([1, 3])]);
const noRow = (table: number): Uint8Array => message([table, ""]);

/** dictionary · resource with one profile of these samples */
const request = (dictionary: Uint8Array, ...resources: readonly Uint8Array[]): Bytes =>
  concat(field(2, dictionary), ...resources.map((one) => field(1, one)));
const resource = (service: string, samples: Uint8Array, more: Uint8Array = new Uint8Array(0)): Bytes =>
  concat(field(1, concat(attribute("service.name", service), more)), field(2, field(2, concat(TYPE, samples))));
const attribute = (key: string, value: string) => message([1, message([1, key], [2, message([1, value])])]);
const sample = (stack: number, ...attributes: readonly number[]): Bytes =>
  field(2, attributes.length === 0 ? message([1, stack], [4, [1]]) : message([1, stack], [2, attributes], [4, [1]]));

/** Row 0 of each table, and a location for each of 63 with so many lines. */
const locations = (lines: number): Uint8Array =>
  concat(
    ...[noRow(2), noRow(3), FUNCTIONS],
    ...Array.from({ length: 63 }, () =>
      field(2, concat(...Array.from({ length: lines }, (_, i) => message([3, message([1, 1], [2, i + 1])])))),
    ),
  );
const stack = (ids: Uint8Array): Bytes => field(7, field(1, ids));

function otherRoots(size: number, lines: number, depth: number): Bytes {
  const ids = new Uint8Array(depth).fill(3);
  const stacks = new ByteWriter(size);
  const samples = new ByteWriter(1024);
  stacks.raw(noRow(7));
  for (let i = 1; stacks.length + samples.length < size; i++) {
    ids[depth - 1] = 1 + (i % 2);
    for (let k = 0; k < 3; k++) ids[k] = 1 + ((i >> (k * 5)) & 31);
    stacks.raw(stack(ids));
    samples.raw(sample(i));
  }
  return request(concat(TABLE, locations(lines), stacks.finish()), resource("a", samples.finish()));
}

/** As many services as there may be, and each reads all stacks: they are long, and nearly the same. */
function everyService(size: number): Bytes {
  const depth = Math.min(900, size >> 5);
  const services = Math.min(490, size >> 8);
  const count = Math.max(1, Math.min(36, Math.floor(16_000_000 / services / depth)));
  const stacks = Array.from({ length: count }, (_, i) => {
    const ids = new Uint8Array(depth).fill(1);
    ids[0] = 1 + i;
    return stack(ids);
  });
  const samples = concat(...stacks.map((_, i) => sample(i + 1)));
  return request(
    concat(TABLE, locations(1), noRow(7), ...stacks),
    ...Array.from({ length: services }, (_, i) => resource(`s${i}`, samples)),
  );
}

/** Each sample has a list of attributes of its own, of a few that are long. */
function ownLists(size: number, valueBytes: number): Bytes {
  const value = (i: number) => message([2, message([1, `${i}`.padEnd(valueBytes, "v")])]);
  const keys = Array.from({ length: 60 }, (_, i) => message([5, `k${i}`]));
  const attributes = Array.from({ length: 60 }, (_, i) => field(6, concat(message([1, STRINGS.length + i]), value(i))));
  const samples = untilFull(Math.min(size, 19_000 * 14), (i) => {
    const chosen = [1 + (i % 60), 1 + (Math.floor(i / 60) % 60), 1 + (Math.floor(i / 3600) % 60)];
    return sample(0, ...chosen);
  });
  return request(concat(TABLE, ...keys, noRow(6), ...attributes), resource("a", samples));
}

/** Of one resource, each with a time. */
function profilesOfOne(size: number): Bytes {
  const time = Uint8Array.of(25, 0, 0, 0x9d, 0x5f, 0xf8, 0x1e, 0x97, 0x17);
  const profile = field(2, concat(sample(0), time));
  return field(1, field(2, repeated(profile, size)));
}

function deepValue(depth: number): Uint8Array {
  let value = message([1, "x"]);
  for (let i = 0; i < depth; i++) value = message([5, message([1, value])]);
  return message([1, message([1, "k"], [2, value])]);
}

const longAttributes = (): Uint8Array =>
  concat(...Array.from({ length: 90 }, (_, i) => attribute(`l${i}`, `${i}`.padEnd(2000, "v"))));

/** A sample with an attribute of its own. */
function ownLabels(size: number): Bytes {
  const rows = new ByteWriter(size);
  const samples = new ByteWriter(size);
  rows.raw(noRow(6));
  for (let i = 1; rows.length + samples.length < size && i < 19_000; i++) {
    rows.raw(field(6, message([1, 4], [2, message([1, `${i}`])])));
    samples.raw(sample(0, i));
  }
  return request(concat(TABLE, rows.finish()), resource("a", samples.finish(), longAttributes()));
}

const json = (samples: string): Bytes =>
  text(
    `{"resourceProfiles":[{"resource":{},"scopeProfiles":[{"profiles":[{"sampleType":{"typeStrindex":1,"unitStrindex":2},"samples":[${samples}]}]}]}],"dictionary":{"stringTable":${JSON.stringify(STRINGS)}}}`,
  );
const joined = (part: string, size: number): string =>
  new Array(Math.max(1, Math.floor(size / (part.length + 1)))).fill(part).join();

const otlp = (name: string, gives: string, make: Attack["make"]): Attack => ({
  ...{ format: "otlp-proto", name, route: PROTO, make, gives },
});
const otlpJson = (name: string, gives: string, make: Attack["make"]): Attack => ({
  ...{ format: "otlp-json", name, route: JSON_FORM, make, gives },
});

export const OTLP_ATTACKS: readonly Attack[] = [
  otlp("empty rows", "1", (size) =>
    request(concat(TABLE, repeated(noRow(2), Math.min(size, 990_000))), resource("a", sample(0))),
  ),
  otlp("empty strings", "1", (size) =>
    request(concat(TABLE, repeated(noRow(5), Math.min(size, 990_000))), resource("a", sample(0))),
  ),
  otlp("empty samples", "0", (size) => request(TABLE, resource("a", repeated(noRow(2), Math.min(size, 990_000))))),
  otlp("a profile for each sample", "1111", (size) => concat(field(2, TABLE), profilesOfOne(size))),
  otlp("more rows than may be", "profile_too_large", (size) =>
    request(concat(TABLE, repeated(noRow(2), Math.max(4_100_000, size))), resource("a", sample(0))),
  ),
  otlp("one sample of very many values", "20000", (size) =>
    request(TABLE, resource("a", field(2, field(4, new Uint8Array(Math.min(size, 490_000)).fill(1))))),
  ),
  otlp("other roots over one path", "198", (size) => otherRoots(size, 1, 90)),
  otlp("other roots over places of 16 lines", "272", (size) => otherRoots(size, 16, 62)),
  otlp("every service reads every stack", "profile_too_large", everyService),
  otlp("another list of long attributes for each sample", "1667", (size) => ownLists(size, 2000)),
  otlp("long attributes of the resource, and one of its own for each sample", "profile_too_large", ownLabels),
  otlp("values within values", "1", (size) => request(TABLE, resource("a", sample(0), repeated(deepValue(12), size)))),
  otlp("values deeper than anybody reads", "1", (size) =>
    request(TABLE, resource("a", sample(0), repeated(deepValue(40), size))),
  ),
  otlp("attributes without end", "1", (size) =>
    request(TABLE, resource("a", sample(0), repeated(attribute("a", "b"), size))),
  ),
  otlp("an index beyond every table", "malformed_profile", (size) =>
    request(concat(TABLE, repeated(noRow(2), Math.min(size, 900_000))), resource("a", sample(0x7fffffff))),
  ),
  otlp("a length that lies", "malformed_profile", (size) =>
    concat(repeated(noRow(9), size), Uint8Array.of(18, 0xff, 0xff, 0xff, 0x7f)),
  ),
  otlpJson("empty samples", "0", (size) => json(joined("{}", Math.min(size, 1_400_000)))),
  otlpJson("one sample of very many values", "10000", (size) =>
    json(`{"values":[${joined("1", Math.min(size, 990_000))}]}`),
  ),
  otlpJson("values as text", "5000", (size) => json(`{"values":[${joined('"1"', Math.min(size, 1_900_000))}]}`)),
  otlpJson("lists within lists", "profile_too_large", (size) => text("[".repeat(size))),
  otlpJson("closed lists within lists", "profile_too_large", (size) =>
    text(`{"x":${"[".repeat(size >> 1)}${"]".repeat(size >> 1)}}`),
  ),
  otlpJson("empty lists that nobody knows", "0", (size) => text(`{"x":[${joined("[]", size)}]}`)),
  otlpJson("texts that nobody knows", "0", (size) => text(`{"x":[${joined('"ab"', size)}]}`)),
  otlpJson("names that nobody knows", "0", (size) =>
    text(`{${new TextDecoder().decode(untilFull(size, (i) => text(`"${i.toString(36)}":0,`)))}"z":0}`),
  ),
  otlpJson("a weight below zero", "1", (size) => json(`{"values":[${joined("-1", Math.min(size, 900_000))},1]}`)),
  otlpJson("a weight that no number is", "malformed_profile", (size) => json(`{"values":[${joined("1e400", size)}]}`)),
];
