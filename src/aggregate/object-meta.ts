// The few facts an object remembers about itself: one row, read once and cached.
import { type ShardMap, UNSPLIT } from "../segment/shard-map.ts";
import type { AppIdentity } from "../storage/catalog-writes.ts";
import type { ObjectTables } from "./object-tables.ts";
import type { OneHourPlan, SealedStretch, SealPlan } from "./seal.ts";

export interface ObjectMeta {
  /** Ids in the catalog; null before the first upload. */
  readonly identity: AppIdentity | null;
  readonly tenant: string;
  readonly service: string;
  readonly shard: number;
  /** Whether the catalog says that this object must be asked. */
  readonly live: boolean;
  /** A call that says "live" or "idle" was begun, and its end is not known. */
  readonly unsure: boolean;
  /** Profile type id → JSON of its TypeInfo, as the catalog has it. */
  readonly types: Readonly<Record<string, string>>;
  readonly epoch: number;
  /** Parts up to this one are in the catalog and no longer here. */
  readonly sealedThrough: number;
  /** The seal under way. */
  readonly sealing: SealPlan | OneHourPlan | null;
  /** Stretches of this epoch's dictionary that are in R2, in order. */
  readonly stretches: readonly SealedStretch[];
  /** D1 bookmark of the last seal. */
  readonly bookmark: string | null;
  /** Newest hour sealed, unix seconds; an hour not after it is late. */
  readonly lastHour: number | null;
  readonly lateParts: number;
  readonly sealFailures: number;
  readonly alarmFailures: number;
  readonly quarantined: number;
  /** The newest shard map that this object heard of. At home an unsettled one is a change under way. */
  readonly map: ShardMap;
  /** Objects that any superseded map named. */
  readonly widest: number;
  /** App for which the map was told by its home; null when no home has. */
  readonly mapFor: number | null;
  /** The app is being deleted: the home makes no new map. */
  readonly retired: boolean;
  /** Unix seconds at which this shard was last too busy for a merge. */
  readonly lastBusy: number;
}

const FRESH: ObjectMeta = {
  identity: null,
  tenant: "",
  service: "",
  shard: 0,
  live: false,
  unsure: false,
  types: {},
  epoch: 1,
  sealedThrough: 0,
  sealing: null,
  stretches: [],
  bookmark: null,
  lastHour: null,
  lateParts: 0,
  sealFailures: 0,
  alarmFailures: 0,
  quarantined: 0,
  map: UNSPLIT,
  widest: 1,
  mapFor: null,
  retired: false,
  lastBusy: 0,
};

export type MetaStore = ReturnType<typeof objectMeta>;

export function objectMeta(tables: ObjectTables) {
  let cached: ObjectMeta | null = null;
  return {
    read(): ObjectMeta {
      if (cached === null) {
        const text = tables.getMeta("object");
        cached = text === null ? FRESH : { ...FRESH, ...(JSON.parse(text) as Partial<ObjectMeta>) };
      }
      return cached;
    },
    write(change: Partial<ObjectMeta>): void {
      const next = { ...this.read(), ...change };
      // A failed transaction must not leave the cache ahead of the row.
      cached = null;
      tables.setMeta("object", JSON.stringify(next));
    },
    /** The row was changed behind this cache. */
    forget(): void {
      cached = null;
    },
  };
}
