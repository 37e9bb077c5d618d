// Bodies of one small profile in each encoding, written here by hand, so that what is sent is known to the byte.

export interface Stack {
  /** From the root on. */
  readonly frames: readonly string[];
  readonly count: number;
}

/** What a service does for an order: searching takes most of it, and a car's takes longest. */
export const stacksOf = (order: string): Stack[] => [
  { frames: ["main", order, "searchGrid"], count: searchesOf(order) },
  { frames: ["main", order], count: 3 },
  { frames: ["main"], count: 2 },
];

const searchesOf = (order: string): number => (order.endsWith("Car") ? 300 : 95);

export const folded = (stacks: readonly Stack[]): string =>
  stacks.map(({ frames, count }) => `${frames.join(";")} ${count}\n`).join("");

/** A line for each time that a stack was seen. */
export const lines = (stacks: readonly Stack[]): string =>
  stacks.map(({ frames, count }) => `${frames.join(";")}\n`.repeat(count)).join("");

interface Node {
  readonly name: string;
  readonly value: number;
  readonly children: readonly Node[];
}

/** node := uvarint(length) name uvarint(value) uvarint(children) node* */
function nodeBytes({ name, value, children }: Node): Buffer {
  const text = Buffer.from(name);
  const head = Buffer.concat([uvarint(text.length), text, uvarint(value), uvarint(children.length)]);
  return Buffer.concat([head, ...children.map(nodeBytes)]);
}

export function uvarint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
}

/** One frame a node, its self value: main → order → searchGrid. */
export function tree(order: string): Buffer {
  const search = { name: "searchGrid", value: searchesOf(order), children: [] };
  const main = { name: "main", value: 2, children: [{ name: order, value: 3, children: [search] }] };
  return nodeBytes({ name: "", value: 0, children: [main] });
}

/** Parts of folded keys, each the rest of its parent's. */
export function trie(order: string): Buffer {
  const search = { name: ";searchGrid", value: searchesOf(order), children: [] };
  const main = { name: "main", value: 2, children: [{ name: `;${order}`, value: 3, children: [search] }] };
  return nodeBytes({ name: "", value: 0, children: [main] });
}

export function speedscope(order: string): string {
  const stacks = stacksOf(order);
  const names = [...new Set(stacks.flatMap(({ frames }) => frames))];
  const profile = {
    type: "sampled",
    name: "orders",
    unit: "milliseconds",
    startValue: 0,
    endValue: stacks.reduce((sum, { count }) => sum + count, 0),
    samples: stacks.map(({ frames }) => frames.map((frame) => names.indexOf(frame))),
    weights: stacks.map(({ count }) => count),
  };
  return JSON.stringify({
    $schema: "https://www.speedscope.app/file-format-schema.json",
    shared: { frames: names.map((name) => ({ name })) },
    profiles: [profile],
  });
}

const field = (number: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([uvarint((number << 3) | 2), uvarint(bytes.length), bytes]);

/** PushRequest { RawProfileSeries { LabelPair labels = 1; RawSample { bytes raw_profile = 1 } samples = 2 } series = 1 } */
export function pushProto(labels: Readonly<Record<string, string>>, profile: Uint8Array): Buffer {
  const pairs = Object.entries(labels).map(([name, value]) =>
    field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))])),
  );
  return field(1, Buffer.concat([...pairs, field(2, field(1, profile))]));
}

export function pushJson(labels: Readonly<Record<string, string>>, profile: Uint8Array): string {
  const pairs = Object.entries(labels).map(([name, value]) => ({ name, value }));
  const samples = [{ rawProfile: Buffer.from(profile).toString("base64") }];
  return JSON.stringify({ series: [{ labels: pairs, samples }] });
}

/** An export of both orders; the vehicle is an attribute of each sample. */
export function otlpJson(
  service: string,
  region: string,
  orders: Readonly<Record<string, string>>,
  nowMs: number,
): string {
  const strings = ["", "samples", "count", "cpu", "nanoseconds", "vehicle"];
  const rowOf = (text: string): number => {
    if (!strings.includes(text)) strings.push(text);
    return strings.indexOf(text);
  };
  const functionTable: object[] = [{}];
  const locationTable: object[] = [{}];
  const stackTable: object[] = [{}];
  const attributeTable: object[] = [{}];
  const samples: object[] = [];
  for (const [vehicle, order] of Object.entries(orders)) {
    attributeTable.push({ keyStrindex: 5, value: { stringValue: vehicle } });
    for (const { frames, count } of stacksOf(order)) {
      const locationIndices = frames.toReversed().map((frame) => {
        functionTable.push({ nameStrindex: rowOf(frame) });
        return locationTable.push({ lines: [{ functionIndex: functionTable.length - 1 }] }) - 1;
      });
      const stackIndex = stackTable.push({ locationIndices }) - 1;
      samples.push({ stackIndex, values: [String(count)], attributeIndices: [attributeTable.length - 1] });
    }
  }
  const attributes = Object.entries({ "service.name": service, region }).map(([key, stringValue]) => ({
    key,
    value: { stringValue },
  }));
  const profile = {
    sampleType: { typeStrindex: 1, unitStrindex: 2 },
    periodType: { typeStrindex: 3, unitStrindex: 4 },
    period: "10000000",
    timeUnixNano: `${nowMs}000000`,
    samples,
  };
  return JSON.stringify({
    resourceProfiles: [{ resource: { attributes }, scopeProfiles: [{ profiles: [profile] }] }],
    dictionary: {
      mappingTable: [{}],
      linkTable: [{}],
      stringTable: strings,
      functionTable,
      locationTable,
      stackTable,
      attributeTable,
    },
  });
}
