// What the catalog knows of an object: its app, its profile types, and whether queries must ask it.
//
// "Live" is said before the first acknowledgement and "idle" after the last seal. The calls go one after
// another, so that the two can't overtake each other.
import { LIMITS } from "../config.ts";
import { tooLarge } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import type { CatalogWrites } from "../storage/catalog-writes.ts";
import type { AppendRequest } from "./live-protocol.ts";
import type { MetaStore } from "./object-meta.ts";

/** What an upload says about itself. */
type Arrival = Pick<AppendRequest, "tenant" | "service" | "shard" | "types" | "terms">;

export interface Presence {
  /** Makes the app, its types and its being live known. Rarely has anything to do. */
  announce(request: Arrival): Promise<void>;
  /** Says "idle" if the object is live and `isIdle` still holds when it is its turn. */
  rest(isIdle: () => boolean): Promise<void>;
}

/** Agents of two versions may contradict each other with every upload: a known type's facts change this often at most. */
const SETTLE_SECONDS = 60;

export function catalogPresence(meta: MetaStore, catalog: CatalogWrites, clock: Clock): Presence {
  let lastTurn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const turn = lastTurn.then(act, act);
    lastTurn = turn.catch(() => undefined);
    return turn;
  };
  /** Unix seconds at which this object last wrote a type's facts. */
  const changedAt = new Map<string, number>();
  const freshTypes = ({ types }: Arrival) => {
    const known = meta.read().types;
    const settled = clock() - SETTLE_SECONDS;
    return types.filter((type) => {
      if (known[type.id] === undefined) return true;
      return known[type.id] !== JSON.stringify(type) && (changedAt.get(type.id) ?? 0) <= settled;
    });
  };
  const hasNews = (request: Arrival) => {
    const { identity, live } = meta.read();
    return identity === null || !live || freshTypes(request).length > 0;
  };

  const requireRoom = (known: Readonly<Record<string, string>>, fresh: Arrival["types"], typesPerApp: number) => {
    const added = fresh.filter(({ id }) => known[id] === undefined).length;
    const count = Object.keys(known).length + added;
    // The limit may have been lowered since: what is known goes on being taken.
    if (added > 0 && count > typesPerApp)
      throw tooLarge("typesPerApp", count, typesPerApp, "the app has too many profile types");
  };

  return {
    async announce(request) {
      if (!hasNews(request)) return;
      await inTurn(async () => {
        if (!hasNews(request)) return;
        const { tenant, service, shard } = request;
        const now = Math.floor(clock());
        const identity = meta.read().identity ?? (await catalog.registerApp(tenant, service, now));
        const fresh = freshTypes(request);
        requireRoom(meta.read().types, fresh, request.terms?.typesPerApp ?? LIMITS.typesPerApp);
        await catalog.putTypes(identity.appId, fresh);
        for (const { id } of fresh) changedAt.set(id, now);
        if (!meta.read().live) {
          meta.write({ identity, tenant, service, shard, unsure: true });
          await catalog.markLive(identity.appId, shard, now);
        }
        const texts = Object.fromEntries(fresh.map((type) => [type.id, JSON.stringify(type)]));
        const types = { ...meta.read().types, ...texts };
        meta.write({ identity, tenant, service, shard, live: true, unsure: false, types });
      });
    },
    async rest(isIdle) {
      const mayRest = () => {
        const { identity, live, unsure } = meta.read();
        return identity !== null && (live || unsure) && isIdle();
      };
      if (!mayRest()) return;
      await inTurn(async () => {
        const { identity, shard } = meta.read();
        if (identity === null || !mayRest()) return;
        // First here: an upload that comes during the call finds "not live" and waits for its turn to say so.
        meta.write({ live: false, unsure: true });
        await catalog.markIdle(identity.appId, shard);
        meta.write({ unsure: false });
      });
    },
  };
}
