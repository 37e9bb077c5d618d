// Profiles → the message of one Push request (src/formats/push/read-push.ts draws it).
import { ByteWriter } from "../../src/lib/byte-writer.ts";
import type { LoadOptions } from "./options.ts";
import type { LoadedProfile } from "./read-profile.ts";

const FIELD_1 = 10;
const FIELD_2 = 18;
/** A length as varint, and a tag. */
const HEAD_BYTES = 6;

/** One series for each profile type. */
export function pushMessage(profiles: readonly LoadedProfile[], options: LoadOptions): Uint8Array<ArrayBuffer> {
  const byMetric = Map.groupBy(profiles, ({ metric }) => metric);
  const out = new ByteWriter(profiles.reduce((sum, { profile }) => sum + profile.length + 64, 1024));
  for (const [metric, ofSeries] of byMetric) {
    const labels = seriesLabels(metric, options);
    const samples = ofSeries.map(({ profile, id }) => {
      const name = new ByteWriter(64);
      name.byte(FIELD_2);
      name.text(id);
      return { profile, name: name.finish(), length: fieldSize(profile.length) + name.length };
    });
    out.byte(FIELD_1);
    out.varint(labels.length + samples.reduce((sum, { length }) => sum + fieldSize(length), 0));
    out.raw(labels);
    for (const { profile, name, length } of samples) {
      out.byte(FIELD_2);
      out.varint(length);
      out.byte(FIELD_1);
      out.blob(profile);
      out.raw(name);
    }
  }
  return out.finish();
}

/** The order in which the profiles stand in the message: a server counts them so. */
export const inMessageOrder = (profiles: readonly LoadedProfile[]): LoadedProfile[] =>
  [...Map.groupBy(profiles, ({ metric }) => metric).values()].flat();

function seriesLabels(metric: string, { app, labels }: LoadOptions): Uint8Array {
  const out = new ByteWriter(256);
  const all = [["__name__", metric], ["service_name", app], ...labels] as const;
  for (const [name, value] of all) {
    const pair = new ByteWriter(64);
    pair.byte(FIELD_1);
    pair.text(name);
    pair.byte(FIELD_2);
    pair.text(value);
    out.byte(FIELD_1);
    out.blob(pair.view());
  }
  return out.finish();
}

/** Bytes of a field of so many bytes, with its tag and length. */
function fieldSize(length: number): number {
  let size = length + 2;
  for (let rest = length; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** About what a profile takes in a message. */
export const messageSize = ({ profile, id }: LoadedProfile): number => profile.length + id.length + 4 * HEAD_BYTES;
