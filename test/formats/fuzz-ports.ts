// Where damaged uploads go that turn out to be uploads: everything is taken, and nothing is kept.
import { LIMITS, type Limits } from "../../src/config.ts";
import type { StorePorts } from "../../src/ingest/store-upload.ts";
import { UNSPLIT } from "../../src/segment/shard-map.ts";

export const SETTINGS = { now: 1_700_000_000, limits: LIMITS as Limits, goRepair: true };

export const NOWHERE: StorePorts = {
  tenant: "fuzz",
  clock: () => SETTINGS.now,
  anyRoute: () => 0,
  maps: { of: async () => UNSPLIT, learn: () => {} },
  append: async () => ({ kind: "stored" }),
  appendMany: async ({ uploadIds }) => ({ kind: "stored", stored: uploadIds.length, duplicates: 0 }),
  forgo: async () => ({ kind: "forgone", stored: [] }),
};
