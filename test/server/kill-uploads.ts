// What the SIGKILL test sends, and what must have become of it: a plain list beside the server.
//
//   upload    counts under a stack of its own, so that the graph says which were counted, and how often
//   request   one /ingest with one upload, or one Push with several, each under its id; spread over label sets, so that
//             an app that splits has them in many shards
//   order     a deletion of what an earlier life sent to one app: `{life="3"}`
import { concat, message, pprofOf } from "../formats/pprof-bytes.ts";
import { pushOf } from "../formats/push-bytes.ts";

const HOUR_S = 3600;
export const DAY_S = 86_400;
/** A retry of less than 24 h is known. */
const KNOWN_S = 20 * HOUR_S;
const AGES_S = [0, 600, 2 * HOUR_S, DAY_S, 40 * DAY_S];
const PODS = 12;
const MOST_IN_A_PUSH = 4;
/** The last is sent by Push. */
export const APPS = ["busy", "quiet", "pushed"] as const;
type AppOfKills = (typeof APPS)[number];

export interface Upload {
  readonly app: AppOfKills;
  readonly life: number;
  readonly stack: string;
  readonly value: number;
  isAcknowledged: boolean;
  /** Maybe: it was not acknowledged when its deletion was ordered, or the order's answer was lost. */
  deleted: "no" | "maybe" | "yes";
}

export interface SentRequest {
  readonly uploads: readonly Upload[];
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | string;
  /** Sent again, it counts once. */
  readonly isKeyed: boolean;
  sentAtS: number;
  isAcknowledged: boolean;
}

export interface DeletionOrder {
  readonly app: AppOfKills;
  readonly life: number;
  isTaken: boolean;
}

export interface KillLedger {
  readonly uploads: readonly Upload[];
  readonly orders: readonly DeletionOrder[];
  newRequest(nowS: number, life: number): SentRequest;
  /** Requests whose answers were lost, and which are surely known if they were stored. */
  unsure(nowS: number): SentRequest[];
  acknowledge(request: SentRequest): void;
  /** What to delete next: an order whose answer was lost comes first. Null when there is nothing to choose from. */
  nextOrder(life: number): DeletionOrder | null;
  /** The order is about to go out. @returns to be called when it was taken */
  ordering(order: DeletionOrder): () => void;
}

export function killLedger(below: (n: number) => number): KillLedger {
  const uploads: Upload[] = [];
  const requests: SentRequest[] = [];
  const orders: DeletionOrder[] = [];
  const newUpload = (app: AppOfKills, life: number): Upload => {
    const stack = `u${uploads.length}`;
    const one: Upload = { app, life, stack, value: 1 + below(1000), isAcknowledged: false, deleted: "no" };
    uploads.push(one);
    return one;
  };
  const timeOf = (nowS: number) => Math.floor((nowS - below(AGES_S[below(AGES_S.length)]! + 1)) / 10) * 10;
  const note = (request: Omit<SentRequest, "sentAtS" | "isAcknowledged">): SentRequest => {
    const noted = { ...request, sentAtS: 0, isAcknowledged: false };
    requests.push(noted);
    return noted;
  };
  const ingest = (app: AppOfKills, nowS: number, life: number): SentRequest => {
    const one = newUpload(app, life);
    const at = timeOf(nowS);
    const labels = `life=${life},pod=p${below(PODS)},region=r${below(3)}`;
    const isKeyed = below(2) === 0;
    return note({
      uploads: [one],
      path: `/ingest?name=${encodeURIComponent(`${app}.cpu{${labels}}`)}&from=${at}&until=${at + 10}`,
      headers: isKeyed ? { "idempotency-key": one.stack } : {},
      body: `main;${one.stack} ${one.value}`,
      isKeyed,
    });
  };
  const push = (app: AppOfKills, nowS: number, life: number): SentRequest => {
    const all = Array.from({ length: 1 + below(MOST_IN_A_PUSH) }, () => newUpload(app, life));
    const series = all.map((one) => ({
      labels: { __name__: "process_cpu", service_name: app, life: `${life}`, pod: `p${below(PODS)}` },
      samples: [{ profile: profileOf(one, timeOf(nowS)), id: one.stack }],
    }));
    return note({
      uploads: all,
      path: "/push.v1.PusherService/Push",
      headers: { "content-type": "application/proto" },
      body: pushOf(...series),
      isKeyed: true,
    });
  };
  return {
    uploads,
    orders,
    newRequest(nowS, life) {
      const app = APPS[[0, 0, 1, 2][below(4)]!]!;
      return app === "pushed" ? push(app, nowS, life) : ingest(app, nowS, life);
    },
    unsure: (nowS) => requests.filter((one) => !one.isAcknowledged && one.isKeyed && nowS - one.sentAtS < KNOWN_S),
    acknowledge(request) {
      request.isAcknowledged = true;
      for (const one of request.uploads) one.isAcknowledged = true;
    },
    nextOrder(life) {
      const lost = orders.find((order) => !order.isTaken);
      if (lost !== undefined) return lost;
      const isChosen = new Set(orders.map((order) => `${order.app} ${order.life}`));
      const choices = uploads.filter(
        (one) => one.isAcknowledged && one.life < life && !isChosen.has(`${one.app} ${one.life}`),
      );
      const chosen = choices[below(Math.max(1, choices.length))];
      if (chosen === undefined) return null;
      const order = { app: chosen.app, life: chosen.life, isTaken: false };
      orders.push(order);
      return order;
    },
    ordering(order) {
      const meant = uploads.filter((one) => one.app === order.app && one.life === order.life);
      for (const one of meant) one.deleted = "maybe";
      const sure = meant.filter((one) => one.isAcknowledged);
      return () => {
        order.isTaken = true;
        for (const one of sure) one.deleted = "yes";
      };
    },
  };
}

const profileOf = ({ stack, value }: Upload, atS: number): Uint8Array<ArrayBuffer> =>
  concat(
    pprofOf({
      types: ["samples/count", "cpu/nanoseconds"],
      period: ["cpu", "nanoseconds", 10_000_000],
      samples: [{ stack: ["main", stack], values: [value, value * 10_000_000] }],
    }),
    message([9, BigInt(atS) * 1_000_000_000n]),
  );

/** What is wrong with what the graph counts of an upload, or null. */
export function misjudged(one: Upload, counted: number | undefined, areDeletionsDone: boolean): string | null {
  const isThere = counted === one.value;
  const isNot = counted === undefined;
  const mayBeGone = !one.isAcknowledged || one.deleted !== "no";
  const mayBeThere = one.deleted !== "yes" || !areDeletionsDone;
  if ((isThere && mayBeThere) || (isNot && mayBeGone)) return null;
  return `${one.app} ${one.stack} of life ${one.life}, deleted: ${one.deleted}: ${counted ?? "nothing"} of ${one.value}`;
}
