// Writes Push requests field by field for tests.
import { gzipSync } from "node:zlib";
import { concat, message } from "./pprof-bytes.ts";

export interface PlainPush {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly { readonly profile: Uint8Array; readonly id?: string }[];
}

export const pushOf = (...series: readonly PlainPush[]): Uint8Array<ArrayBuffer> =>
  concat(
    ...series.map(({ labels, samples }) =>
      message([
        1,
        message(
          ...Object.entries(labels).map(([name, value]) => [1, message([1, name], [2, value])] as const),
          ...samples.map(
            ({ profile, id }) =>
              [2, id === undefined ? message([1, profile]) : message([1, profile], [2, id])] as const,
          ),
        ),
      ]),
    ),
  );

export const gzipped = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(bytes));
