// The memory of upload ids over a real object's tables, with room for few on the heap.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { type ObjectTables, objectTables } from "../../src/aggregate/object-tables.ts";
import { encodeGroup } from "../../src/aggregate/upload-group.ts";
import { type UploadIds, uploadIds } from "../../src/aggregate/upload-ids.ts";
import { ID_LENGTH, idEntry } from "../../src/lib/id-set.ts";

const MOST_ON_HEAP = 200;
const DAY = 86_400;
const BATCH = Uint8Array.of(0xb1);

interface Memory {
  readonly tables: ObjectTables;
  ids: UploadIds;
  /** What an eviction does. */
  reopen(): void;
}

async function withMemory(name: string, act: (memory: Memory) => void): Promise<void> {
  const stub = env.APP_TIMELINE.get(env.APP_TIMELINE.idFromName(name));
  await runInDurableObject(stub as never, (_instance: unknown, state: DurableObjectState) => {
    const tables = objectTables(state.storage.sql);
    const open = () => uploadIds(tables, (inside) => state.storage.transactionSync(inside), MOST_ON_HEAP);
    const memory: Memory = {
      tables,
      ids: open(),
      reopen: () => {
        memory.ids = open();
      },
    };
    act(memory);
  });
}

/** As a group commit and its fold do. */
function commit({ tables, ids }: Memory, entries: Uint8Array, now: number): void {
  tables.insertWaiting(encodeGroup([BATCH], entries));
  ids.learn(entries, now);
}

function fold({ tables, ids }: Memory, now: number, entries: readonly Uint8Array[]): void {
  const next = tables.firstWaiting(Number.POSITIVE_INFINITY);
  if (next === null) return;
  for (const one of entries) ids.keep(one, now);
  tables.markFolded(next.lastTurn);
}

const idOf = (n: number): string =>
  [n, n * 7, n * 13].map((x) => (Math.imul(x + 1, 2654435761) >>> 0).toString(16).padStart(8, "0")).join("");

describe("the memory of upload ids", () => {
  it("forgets nothing before its time, through folds, evictions and more ids than the heap takes", async () => {
    await withMemory("ids-model", (memory) => {
      let seed = 11;
      const random = (below: number) => {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        return Math.floor((seed / 2147483648) * below);
      };
      let now = 1_790_000_000;
      const model = new Map<string, number>();
      let waiting: Uint8Array[] = [];
      let hadPages = false;
      for (let step = 0, n = 0; step < 1500; step++) {
        now += random(60);
        const expires = now + (random(2) === 0 ? DAY : 300);
        const id = idOf(n++);
        const entry = idEntry(id, expires);
        model.set(id, expires);
        commit(memory, entry, now);
        waiting.push(entry);
        if (random(5) === 0) {
          fold(memory, now, waiting);
          waiting = [];
        }
        if (random(40) === 0) memory.ids.tidy(now);
        if (random(60) === 0) memory.reopen();
        if (random(200) === 0) now += random(3 * 3600);
        for (let k = 0; k < 3; k++) {
          const asked = idOf(random(n + 5));
          expect(memory.ids.has(asked, now), `step ${step}`).toBe((model.get(asked) ?? 0) > now);
        }
        hadPages ||= memory.tables.hasIdPages();
      }
      expect(hadPages).toBe(true);
      fold(memory, now, waiting);
      for (const [id, expires] of model) expect(memory.ids.has(id, now)).toBe(expires > now);
      now += DAY + 10_800;
      memory.ids.tidy(now);
      expect(memory.tables.readIdRows()).toEqual([]);
      expect(memory.tables.hasIdPages()).toBe(false);
    });
  });

  it("keeps thousands of ids in a row", async () => {
    await withMemory("ids-rows", (memory) => {
      for (let n = 0; n < 4000; n++) memory.ids.keep(idEntry(idOf(n), 2_000_000_000), 1_790_000_000);
      expect(memory.tables.readIdRows()).toHaveLength(2);
      expect(idOf(5)).toHaveLength(ID_LENGTH);
    });
  });
});
