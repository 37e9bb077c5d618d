// A catalog and a store in memory, and hours sealed into them, so that compaction's laws run without the platform.

import { compactionDictionaries } from "../../src/compact/dictionaries.ts";
import type { MergePorts } from "../../src/compact/merge-step.ts";
import { DAY_SECONDS, MERGED_SHARD, WINDOW_SECONDS } from "../../src/config.ts";
import { toBase64 } from "../../src/lib/base64.ts";
import { ByteWriter } from "../../src/lib/byte-writer.ts";
import { deflate } from "../../src/lib/deflate.ts";
import { encodeDictionary } from "../../src/profile/dictionary-codec.ts";
import { EMPTY_SIZE, StackDictionary } from "../../src/profile/stack-dictionary.ts";
import {
  type SegmentEntry,
  type SeriesIdentity,
  segmentWriter,
  seriesOrder,
  tilesOf,
} from "../../src/segment/segment-writer.ts";
import { VectorSum } from "../../src/segment/vector-sum.ts";
import type { MergeCatalog, MergeJob } from "../../src/storage/merge-catalog.ts";
import type { MergeCommit } from "../../src/storage/merge-commit.ts";
import type { CatalogSegment, CatalogStretch } from "../../src/storage/plan-reads.ts";
import type { SegmentStore } from "../../src/storage/segment-store.ts";

export const APP = { tenantId: 1, appId: 1 };

export type StoredRow = CatalogSegment & { readonly head: string | null };

/** Values of one series in one minute, by stack (frames from the root). */
export interface MinuteVector {
  readonly series: SeriesIdentity;
  /** Unix seconds. */
  readonly minute: number;
  readonly values: ReadonlyMap<string, number>;
}

export function memoryStore() {
  const objects = new Map<string, Uint8Array<ArrayBuffer>>();
  const traffic = { reads: 0, bytes: 0, written: 0 };
  const store: SegmentStore = {
    async put(key, bytes) {
      traffic.written += bytes.length;
      objects.set(key, bytes);
    },
    async read(key, offset, length) {
      traffic.reads++;
      traffic.bytes += length;
      return objects.get(key)?.slice(offset, offset + length) ?? null;
    },
    async readAll(key) {
      traffic.reads++;
      return objects.get(key) ?? null;
    },
    async remove(keys) {
      for (const key of keys) objects.delete(key);
    },
  };
  return { store, objects, traffic };
}

export function memoryCatalog() {
  const state = {
    mergeSeq: 0,
    lastParts: new Map<number, number>(),
    rows: [] as StoredRow[],
    jobs: [] as MergeJob[],
    stretches: [] as CatalogStretch[],
  };
  const touch = (width: number, start: number) => {
    const job = state.jobs.find((one) => one.width === width && one.start === start);
    if (job === undefined) state.jobs.push({ width, start, version: 1 });
    else state.jobs[state.jobs.indexOf(job)] = { ...job, version: job.version + 1 };
  };
  const overlaps = (a: { start: number; width: number }, b: { start: number; width: number }) =>
    a.start < b.start + b.width && a.start + a.width > b.start;
  const catalog: MergeCatalog = {
    async due(_tenant, _service, _now, most) {
      const jobs = [...state.jobs].sort((a, b) => a.width - b.width || a.start - b.start).slice(0, most);
      return { app: APP, jobs };
    },
    async snapshot(_app, job) {
      const holding = state.rows.filter(
        (row) =>
          job.width >= DAY_SECONDS &&
          row.shard === MERGED_SHARD &&
          row.finest === DAY_SECONDS &&
          row.width >= job.width &&
          row.start <= job.start &&
          row.start + row.width >= job.start + job.width,
      );
      const target = holding[0] ?? job;
      return {
        mergeSeq: state.mergeSeq,
        dropped3600: 0,
        lastParts: new Map(state.lastParts),
        rows: state.rows.filter((row) => row.finest > 10 && overlaps(row, target)),
        jobs: state.jobs.filter((one) => overlaps(one, target)),
        stretches: state.stretches.toSorted((a, b) => a.fromNode - b.fromNode),
      };
    },
    async heads(_app, rows) {
      return new Map(rows.map((row) => [row.objectKey, (row as StoredRow).head]));
    },
    async announce() {},
    async commit(commit: MergeCommit) {
      if (commit.expected !== state.mergeSeq) throw new Error("another has committed");
      state.mergeSeq = commit.mergeSeq;
      const gone = new Set([...commit.replaces, ...(commit.dictionary?.replaces ?? [])].map((row) => row.objectKey));
      state.rows = state.rows.filter((row) => !gone.has(row.objectKey));
      state.stretches = state.stretches.filter((row) => !gone.has(row.objectKey));
      const owner = { shard: MERGED_SHARD, epoch: commit.epoch };
      if (commit.dictionary !== null) state.stretches.push({ ...commit.dictionary.added, ...owner });
      for (const row of commit.segments) state.rows.push({ ...row, ...owner, dictShard: MERGED_SHARD });
      state.jobs = state.jobs.filter(
        (job) =>
          !commit.settled.some(
            (one) => one.width === job.width && one.start === job.start && one.version === job.version,
          ),
      );
      if (commit.next !== null) touch(commit.next.width, commit.next.start);
    },
    async putOff() {},
    async collectDictionaries() {
      return 0;
    },
  };
  return { catalog, state, touch };
}

export function memoryApp() {
  const { store, objects, traffic } = memoryStore();
  const { catalog, state, touch } = memoryCatalog();
  let random = 0;
  const ports: MergePorts = {
    store,
    catalog,
    dictionaries: compactionDictionaries(store),
    clock: () => 0,
    random: () => String(++random),
  };
  const shards = new Map<number, { epoch: number; dictionary: StackDictionary }>();
  return {
    ports,
    state,
    objects,
    traffic,
    /** The shard's next hour refers to a dictionary of its own. */
    beginEpoch(shard: number): void {
      const epoch = (shards.get(shard)?.epoch ?? 0) + 1;
      shards.set(shard, { epoch, dictionary: new StackDictionary() });
    },
    async seal(shard: number, hour: number, vectors: readonly MinuteVector[]): Promise<void> {
      const { epoch, dictionary } = shards.get(shard) ?? { epoch: 1, dictionary: new StackDictionary() };
      shards.set(shard, { epoch, dictionary });
      const part = (state.lastParts.get(shard) ?? 0) + 1;
      const { bytes, head, headOffset } = hourObject(dictionary, hour, vectors);
      const objectKey = `s/${shard}/${hour}-${part}`;
      const dictionaryKey = `d/${shard}/${epoch}/${part}`;
      await store.put(objectKey, bytes);
      const stretch = deflate(encodeDictionary(dictionary, EMPTY_SIZE));
      await store.put(dictionaryKey, stretch);
      state.stretches = state.stretches.filter((row) => row.shard !== shard || row.epoch !== epoch);
      const toNode = dictionary.nodes.count;
      state.stretches.push({
        shard,
        epoch,
        fromNode: 1,
        toNode,
        objectKey: dictionaryKey,
        objectBytes: stretch.length,
      });
      state.rows.push({
        width: 3600,
        start: hour,
        shard,
        part,
        finest: 60,
        dictShard: shard,
        epoch,
        covers: null,
        objectKey,
        objectBytes: bytes.length,
        headOffset,
        headLength: head.length,
        head: toBase64(head),
      });
      state.lastParts.set(shard, part);
      touch(WINDOW_SECONDS, hour - (hour % WINDOW_SECONDS));
    },
  };
}

const keyOf = ({ typeId, labels }: SeriesIdentity): string => JSON.stringify([typeId, labels]);

function hourObject(dictionary: StackDictionary, hour: number, vectors: readonly MinuteVector[]) {
  const identities = [...new Map(vectors.map(({ series }) => [keyOf(series), series])).values()];
  const series = seriesOrder(identities).map((i) => identities[i]!);
  const placeOf = new Map(series.map((one, place) => [keyOf(one), place]));
  const tiles = tilesOf(series);
  const rungs = [60, 600, 3600];
  const writer = segmentWriter(
    series,
    hour,
    rungs.map((width) => ({ width, totalsOnly: false })),
    tiles,
  );
  const nodeOf = new Map<string, number>();
  const node = (stack: string) => {
    const known = nodeOf.get(stack) ?? nodeFor(dictionary, stack);
    nodeOf.set(stack, known);
    return known;
  };
  for (const { values } of vectors) for (const stack of values.keys()) node(stack);
  const sum = new VectorSum(dictionary.nodes.count);
  const out = new ByteWriter();
  for (const width of rungs) {
    const groups = Map.groupBy(
      vectors,
      (one) => `${one.minute - (one.minute % width)} ${placeOf.get(keyOf(one.series))}`,
    );
    const entries = [...groups].map(([key, list]): SegmentEntry => {
      const [start = 0, place = 0] = key.split(" ").map(Number);
      for (const { values } of list) for (const [stack, value] of values) sum.add(node(stack), value, 0);
      out.reset();
      const total = sum.flush(out);
      return { series: place, start, uploads: list.length, total, vector: out.finish() };
    });
    entries.sort((a, b) => a.start - b.start || a.series - b.series);
    for (const tile of tiles)
      writer.addTile(
        width,
        tile,
        entries.filter((one) => one.series >= tile.from && one.series < tile.until),
      );
  }
  return writer.finish();
}

function nodeFor(dictionary: StackDictionary, stack: string): number {
  let node = 0;
  for (const name of stack.split(";")) {
    const text = dictionary.strings.internText(name);
    const fn = dictionary.functions.intern([text, text, 0, 0]);
    node = dictionary.child(node, dictionary.frames.intern([fn, 0, 0, 0, 0]));
  }
  return node;
}

/** Frames from the root. */
export function stackOf(dictionary: StackDictionary, node: number): string {
  const names: string[] = [];
  for (let at = node; at !== 0; at = dictionary.parentOf(at)) names.push(dictionary.frameName(dictionary.frameOf(at)));
  return names.reverse().join(";");
}
