// The demo's history as uploads to /ingest, and the truth about it for tests.

import { gzipSync } from "node:zlib";
import { writePprof } from "./pprof-writer.ts";
import { KIND_NAMES, type KindName, PROFILE_KINDS, type ProfileKind, samplesAt } from "./profiles.ts";
import {
  APP_NAME,
  CPU_STEP_S,
  type DemoRange,
  floorTo,
  OTHER_STEP_S,
  REGIONS,
  type Region,
  type TimeRange,
} from "./story.ts";

export interface DemoUpload {
  /** The query of POST /ingest, without `?`. */
  readonly query: string;
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly meta: { readonly kind: KindName; readonly region: string; readonly fromS: number; readonly untilS: number };
}

export interface DemoTruth {
  readonly uploads: number;
  readonly valueTypes: readonly string[];
  /** Sum of all samples, per value type. */
  readonly totals: readonly number[];
  /** Sum of the samples whose stack has the function, once per stack, per value type. */
  readonly totalsOfFunction: ReadonlyMap<string, readonly number[]>;
}

interface Slot {
  readonly kind: KindName;
  readonly region: Region;
  readonly atS: number;
}

export function countUploads(range: DemoRange): number {
  let count = 0;
  for (const _slot of slots(range)) count++;
  return count;
}

/** The wanted uploads (all of them) in the order of time. The same range and seed give the same bytes. */
export async function* demoUploads(
  range: DemoRange,
  wanted: (meta: DemoUpload["meta"]) => boolean = () => true,
): AsyncGenerator<DemoUpload> {
  for (const slot of slots(range)) if (wanted(metaOf(slot))) yield uploadAt(range, slot);
}

/**
 * What a server must answer for the uploads that start in `asked`, in the given region (or all of them) and with the given
 * label `vehicle` (or any). Borders belong on the grid of 60 s (of 300 s for all kinds but cpu).
 */
export function demoTruth(
  range: DemoRange,
  asked: TimeRange & { readonly kind: KindName; readonly region?: string; readonly vehicle?: string },
): DemoTruth {
  const valueTypes = PROFILE_KINDS[asked.kind].valueTypes.map(({ type }) => type);
  const totals = valueTypes.map(() => 0);
  const totalsOfFunction = new Map<string, number[]>();
  let uploads = 0;
  for (const { kind, region, atS } of slots(range)) {
    if (kind !== asked.kind || atS < asked.fromS || atS >= asked.untilS) continue;
    if (asked.region !== undefined && asked.region !== region.region) continue;
    uploads++;
    for (const { stack, values, labels } of samplesAt(range, kind, region, atS)) {
      if (asked.vehicle !== undefined && labels.vehicle !== asked.vehicle) continue;
      addTo(totals, values);
      for (const name of new Set(stack.map((frame) => frame.functionName))) {
        const known = totalsOfFunction.get(name) ?? valueTypes.map(() => 0);
        addTo(known, values);
        totalsOfFunction.set(name, known);
      }
    }
  }
  return { uploads, valueTypes, totals, totalsOfFunction };
}

/** A function's part of the first value type (samples for cpu), between 0 and 1. */
export function shareOf({ totals, totalsOfFunction }: DemoTruth, functionName: string): number {
  const total = totals[0] ?? 0;
  return total === 0 ? 0 : (totalsOfFunction.get(functionName)?.[0] ?? 0) / total;
}

function* slots(range: DemoRange): Generator<Slot> {
  const firstS = floorTo(OTHER_STEP_S, range.fromS + OTHER_STEP_S - 1);
  for (let atS = firstS; atS + CPU_STEP_S <= range.untilS; atS += CPU_STEP_S) {
    for (const kind of KIND_NAMES) {
      const { stepS } = PROFILE_KINDS[kind];
      if (atS % stepS !== 0 || atS + stepS > range.untilS) continue;
      for (const region of REGIONS) yield { kind, region, atS };
    }
  }
}

function metaOf({ kind, region, atS }: Slot): DemoUpload["meta"] {
  return { kind, region: region.region, fromS: atS, untilS: atS + PROFILE_KINDS[kind].stepS };
}

function uploadAt(range: DemoRange, slot: Slot): DemoUpload {
  const { kind: kindName, region, atS } = slot;
  const kind: ProfileKind = PROFILE_KINDS[kindName];
  const { valueTypes, periodType, period, stepS } = kind;
  const samples = samplesAt(range, kindName, region, atS);
  const profile = writePprof({
    valueTypes,
    periodType,
    period,
    startS: atS,
    durationS: stepS,
    binary: "/rideshare",
    samples,
  });

  const query = new URLSearchParams({
    name: `${APP_NAME}{region=${region.region}}`,
    // Nanoseconds, as the current Go client writes them.
    from: `${atS}000000000`,
    until: `${atS + stepS}000000000`,
    spyName: "gospy",
    sampleRate: String(kind.form.sampleRate),
    units: kind.form.units,
    aggregationType: kind.form.aggregationType,
  });
  const parts = [
    { name: "profile", fileName: "profile.pprof", bytes: new Uint8Array(gzipSync(profile, { level: 1 })) },
  ];
  if (kind.sampleTypeConfig !== null) {
    const bytes = new TextEncoder().encode(JSON.stringify(kind.sampleTypeConfig));
    parts.push({ name: "sample_type_config", fileName: "sample_type_config.json", bytes });
  }
  const { contentType, body } = multipart(parts);
  return { query: query.toString(), contentType, body, meta: metaOf(slot) };
}

function multipart(parts: readonly { name: string; fileName: string; bytes: Uint8Array }[]) {
  // Long and odd enough not to occur in compressed bytes; constant, so that the uploads are reproducible.
  const boundary = "edgeflame-demo-7c1f0b9d4e2a86355af0d1c8";
  const chunks: Uint8Array[] = [];
  for (const { name, fileName, bytes } of parts) {
    const disposition = `Content-Disposition: form-data; name="${name}"; filename="${fileName}"`;
    chunks.push(Buffer.from(`--${boundary}\r\n${disposition}\r\nContent-Type: application/octet-stream\r\n\r\n`));
    chunks.push(bytes, Buffer.from("\r\n"));
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: new Uint8Array(Buffer.concat(chunks)) };
}

function addTo(sums: number[], values: readonly number[]): void {
  values.forEach((value, index) => {
    sums[index] = (sums[index] ?? 0) + value;
  });
}
