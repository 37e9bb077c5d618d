// A Push request in memory, for tests: what reaches the object, as lines.
import type { AppendManyRequest } from "../../src/aggregate/live-protocol.ts";
import { LIMITS } from "../../src/config.ts";
import type { DecodeSettings } from "../../src/ingest/decode-upload.ts";
import { pushOfBytes } from "../../src/ingest/push-request.ts";
import { type PushOutcome, storePush } from "../../src/ingest/push-upload.ts";
import type { StorePorts } from "../../src/ingest/store-upload.ts";
import { UNSPLIT } from "../../src/segment/shard-map.ts";
import { concat, message, type PlainSample, pprofOf } from "../formats/pprof-bytes.ts";
import { type PlainPush, pushOf } from "../formats/push-bytes.ts";
import { stackPath } from "../formats/stack-lines.ts";
import { decodeBatch } from "../support/decode-batch.ts";

export const NOW = 1_700_000_020;
export const SETTINGS: DecodeSettings = { now: NOW, limits: LIMITS, goRepair: true };
export const SERVICE = { __name__: "process_cpu", service_name: "shop" };

export const profileAt = (seconds: number, ...samples: readonly PlainSample[]): Uint8Array<ArrayBuffer> =>
  concat(
    pprofOf({ types: ["cpu/nanoseconds"], period: ["cpu", "nanoseconds", 10_000_000], samples }),
    seconds === 0 ? new Uint8Array(0) : message([9, BigInt(seconds) * 1_000_000_000n]),
  );
export const one = (seconds: number, stack = ["main", "work"], value = 30) =>
  profileAt(seconds, { stack, values: [value] });

export interface Stored {
  readonly outcome: PushOutcome;
  readonly requests: readonly AppendManyRequest[];
  /** `service slot type{labels} stack value`, one line per stack of each upload. */
  readonly lines: readonly string[];
}

export async function push(message: Uint8Array, settings: Partial<DecodeSettings> = {}): Promise<Stored> {
  const requests: AppendManyRequest[] = [];
  const ports = portsTo(async (request) => {
    requests.push(request);
    return { kind: "stored", stored: request.uploadIds.length, duplicates: 0 };
  });
  const outcome = await storePush(ports, pushOfBytes(message, settings.limits ?? LIMITS), { ...SETTINGS, ...settings });
  return { outcome, requests, lines: requests.flatMap(linesOf) };
}

export const portsTo = (appendMany: StorePorts["appendMany"]): StorePorts => ({
  tenant: "anonymous",
  clock: () => NOW,
  anyRoute: () => 0,
  maps: { of: async () => UNSPLIT, learn: () => undefined },
  append: () => Promise.reject(new Error("Push stores many at once")),
  forgo: () => Promise.reject(new Error("never split")),
  appendMany,
});

function linesOf({ service, batch }: AppendManyRequest): string[] {
  const { series, uploads, stacks } = decodeBatch(batch);
  return uploads.flatMap(({ slot, vectors }) =>
    vectors.flatMap((vector) => {
      const named = series[vector.series]!;
      const labels = named.labels.map(([name, value]) => `${name}=${value}`).join(",");
      return Array.from(vector.nodes, (node, i) => {
        const value = BigInt(vector.low[i]!) + (BigInt(vector.high?.[i] ?? 0) << 52n);
        const text = `${named.typeId.split(":", 2).join(":")}{${labels}} ${stackPath(stacks, node)} ${value}`;
        return `${service} ${slot - NOW} ${text}`;
      });
    }),
  );
}

export const single = (labels: PlainPush["labels"], profile: Uint8Array, id?: string) =>
  pushOf({ labels, samples: [id === undefined ? { profile } : { profile, id }] });
