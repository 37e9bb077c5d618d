// Labels of a recording's contexts by themselves: beside a recording of 150 kB damage would hardly ever meet them, and what is
// wrong with them is no error of the upload.
import { LIMITS } from "../../src/config.ts";
import { readLabelSnapshot } from "../../src/formats/jfr/label-snapshot.ts";
import { inflateIfGzip } from "../../src/lib/inflate.ts";
import { LabelDrops } from "../../src/profile/label-drops.ts";
import { type JfrClass, jfrChunk, jfrEvent, jfrLong } from "./jfr-bytes.ts";
import { concat, message } from "./pprof-bytes.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const CONTEXTS = 16;
const LONG: JfrClass = { id: 2, name: "long" };
const SAMPLE: JfrClass = { id: 20, name: "jdk.ExecutionSample", fields: [{ name: "contextId", type: LONG.id }] };

/** An event of each context, and one of none. */
export const RECORDING: Bytes = jfrChunk({
  classes: [LONG, SAMPLE],
  events: concat(...Array.from({ length: CONTEXTS + 1 }, (_, id) => jfrEvent(SAMPLE.id, jfrLong(id)))),
});

const context = (id: number, ...pairs: readonly (readonly [name: number, value: number])[]) =>
  [
    1,
    message([1, id], [2, message(...pairs.map(([name, value]) => [1, message([1, name], [2, value])] as const))]),
  ] as const;
const text = (id: number, value: string) => [2, message([1, id], [2, value])] as const;

/** Contexts that share labels, name one twice, name what is not there; names that are ours; ids of 63 bits. */
export function labelSnapshots(): Bytes[] {
  const names = ["thread_name", "span", "service_name", "__name__", "profile_id", "region", "region_2", "with space"];
  const most = 9_007_199_254_740_991;
  return [
    new Uint8Array(
      message(
        ...Array.from({ length: CONTEXTS }, (_, i) =>
          context(i + 1, [1 + (i % 8), 20 + i], [1 + ((i * 3) % 8), 20], [1 + (i % 5), 99]),
        ),
        ...names.map((name, i) => text(i + 1, name)),
        ...Array.from({ length: CONTEXTS }, (_, i) => text(20 + i, `value ${i}`.repeat(1 + i))),
      ),
    ),
    new Uint8Array(
      message(
        text(1, "thread"),
        text(2, ""),
        text(most, "far"),
        context(1, [1, 2]),
        context(1, [1, most]),
        context(most),
      ),
    ),
    new Uint8Array(message(context(2, [1, 1]), text(1, "x".repeat(3000)), text(1, "again"), [9, "unknown"], [3, 7])),
  ];
}

/** @param ingest takes a form: a recording is stored whatever its labels are */
export const readLabels =
  (ingest: (body: Bytes, i: number) => Promise<boolean>, formOf: (labels: Bytes) => Bytes) =>
  async (labels: Bytes, i: number): Promise<boolean> => {
    if (!(await ingest(formOf(labels), i))) throw new Error("the labels cost the recording");
    return readLabelSnapshot(inflateIfGzip(labels, LIMITS), LIMITS, new LabelDrops()).contexts.get(1) !== undefined;
  };
