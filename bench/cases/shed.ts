// An app far above its tenant's rate, with overload=shed, against the same load on a server without a limit: what shedding saves, and
// whether the totals of all series are what was sent, to the last unit.
//
// Two servers of our own take turns, round after round. What was sent is added up from the very requests, decoded in this process.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LIMITS } from "../../src/config.ts";
import { decodeUpload } from "../../src/ingest/decode-upload.ts";
import { type LabelSet, labelKey, labelsText } from "../../src/profile/labels.ts";
import { machineLine, markdownTable, median } from "../lib/figures.ts";
import { type LoadRequest, load } from "../lib/load.ts";
import { INSTANCES, rideshareUpload, SLOT_S } from "../lib/rideshare.ts";
import { openSubject, type Subject } from "../lib/subject.ts";

const ROUNDS = 3;
const ROUND_MS = 4000;
const CONNECTIONS = 8;
/** A hundredth of what is offered, or less. */
const RATE = { profilesPerSecond: 5, profilesBurst: 5, overload: "shed" };
const LIMB = 2n ** 52n;

interface Kind {
  readonly app: string;
  readonly name: string;
  /** Upload number N. */
  request(n: number): LoadRequest;
}

/** What one app of one server was sent. */
interface Ledger {
  readonly subject: Subject;
  readonly kind: Kind;
  sent: number;
  shed: number;
  perSecond: number[];
  cpuPerThousand: number[];
}

export async function benchShed(): Promise<string> {
  const free = await openSubject(null, null);
  const limited = await openSubject(null, null);
  try {
    await limit(limited);
    const kinds = uploadKinds();
    const ledgers = kinds.flatMap((kind) =>
      [free, limited].map(
        (subject): Ledger => ({ subject, kind, sent: 0, shed: 0, perSecond: [], cpuPerThousand: [] }),
      ),
    );
    // The first round warms up, and counts for the totals alone.
    for (let round = 0; round <= ROUNDS; round++) for (const ledger of ledgers) await runRound(ledger, round > 0);
    const rows: string[][] = [];
    for (const ledger of ledgers) rows.push(await rowOf(ledger, ledger.subject === limited));
    const head = [
      "upload",
      "rate",
      "uploads a second",
      "CPU s per 1000",
      "uploads",
      "shed",
      "series",
      "totals as sent",
    ];
    return markdownTable(`### Shedding\n\n${machineLine()}; ${CONNECTIONS} connections`, head, rows);
  } finally {
    await free.stop();
    await limited.stop();
  }
}

async function limit({ url }: Subject): Promise<void> {
  const answer = await fetch(`${url}/api/limits`, { method: "PUT", body: JSON.stringify({ limits: RATE }) });
  if (!answer.ok) throw new Error(`PUT /api/limits answered ${answer.status}`);
}

async function runRound(ledger: Ledger, isMeasured: boolean): Promise<void> {
  const { subject, kind } = ledger;
  const before = subject.use()?.cpuSeconds;
  const next = () => kind.request(ledger.sent++);
  const { requests, seconds } = await load(subject.url, next, {
    connections: CONNECTIONS,
    milliseconds: ROUND_MS,
    sees: (headers) => {
      if (String(headers["edgeflame-notes"] ?? "").includes("stacks_shed")) ledger.shed++;
    },
  });
  const after = subject.use()?.cpuSeconds;
  if (!isMeasured) return;
  ledger.perSecond.push(requests / seconds);
  if (before !== undefined && after !== undefined) ledger.cpuPerThousand.push(((after - before) * 1000) / requests);
}

async function rowOf(ledger: Ledger, isLimited: boolean): Promise<string[]> {
  const { kind, sent, shed, perSecond, cpuPerThousand } = ledger;
  const { series, equal } = await compare(ledger);
  return [
    kind.name,
    isLimited ? `${RATE.profilesPerSecond} a second` : "none",
    median(perSecond).toFixed(0),
    cpuPerThousand.length === 0 ? "–" : median(cpuPerThousand).toFixed(2),
    String(sent),
    `${((100 * shed) / sent).toFixed(1)} %`,
    String(series),
    equal === series ? "all" : `${equal} of ${series}`,
  ];
}

/** Sums of every series as the server has them, against those of all requests. */
async function compare({ subject, kind, sent }: Ledger): Promise<{ series: number; equal: number }> {
  const expected = await totalsOf(kind, sent);
  const end = Date.now() + 60_000;
  let equal = 0;
  for (const { typeId, labels, total } of expected.values()) {
    const question = {
      profileTypeID: typeId,
      labelSelector: labelsText([["service_name", kind.app], ...labels]),
      start: String(end - 30 * 86_400_000),
      end: String(end),
      maxNodes: "16",
    };
    const answer = await fetch(`${subject.url}/querier.v1.QuerierService/SelectMergeStacktraces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(question),
    });
    const { flamegraph } = (await answer.json()) as { flamegraph?: { total?: string } };
    if (BigInt(flamegraph?.total ?? "0") === total) equal++;
  }
  return { series: expected.size, equal };
}

interface SeriesTotal {
  readonly typeId: string;
  readonly labels: LabelSet;
  total: bigint;
}

async function totalsOf(kind: Kind, sent: number): Promise<Map<string, SeriesTotal>> {
  const totals = new Map<string, SeriesTotal>();
  const ofBody = new Map<Uint8Array, readonly SeriesTotal[]>();
  for (let n = 0; n < sent; n++) {
    const request = kind.request(n);
    const params = new URL(request.path, "http://a").searchParams;
    const body = (request.body ?? new Uint8Array(0)) as Uint8Array<ArrayBuffer>;
    let own = ofBody.get(body);
    if (own === undefined) {
      own = await seriesOf(params, body);
      ofBody.set(body, own);
    }
    const labels = labelsOf(params);
    for (const { typeId, labels: ofSeries, total } of own) {
      const all = [...ofSeries.filter(([name]) => !labels.has(name)), ...labels];
      const key = `${typeId}${labelKey(all)}`;
      const known = totals.get(key);
      if (known === undefined) totals.set(key, { typeId, labels: all, total });
      else known.total += total;
    }
  }
  return totals;
}

async function seriesOf(params: URLSearchParams, body: Uint8Array<ArrayBuffer>): Promise<SeriesTotal[]> {
  const settings = { now: Date.now() / 1000, limits: LIMITS, goRepair: true };
  const upload = await decodeUpload({ params, contentType: "binary/octet-stream", body }, settings);
  return (upload?.series ?? []).map(({ type, labels, low, high }) => {
    let total = 0n;
    for (let i = 0; i < low.length; i++) total += BigInt(low[i] ?? 0) + BigInt(high?.[i] ?? 0) * LIMB;
    return { typeId: type.id, labels, total };
  });
}

/** Those of the name, by which bodies that are alike are told apart. */
const labelsOf = (params: URLSearchParams): Map<string, string> =>
  new Map(
    [...(params.get("name") ?? "").matchAll(/([a-z]+)=([^,}]+)/g)].map(([, name = "", value = ""]) => [name, value]),
  );

function uploadKinds(): Kind[] {
  const newestS = Math.floor(Date.now() / 1000 / SLOT_S) * SLOT_S - SLOT_S;
  const kinds: Kind[] = [
    {
      app: "shed-rideshare",
      name: "rideshare, 4.5 kB, 8 types",
      request: (n) =>
        rideshareUpload("shed-rideshare", n % INSTANCES.length, newestS - SLOT_S * Math.floor(n / INSTANCES.length)),
    },
  ];
  const shared = process.env.EDGEFLAME_SHARED_DATA ?? join(import.meta.dirname, "../../../shared/data");
  const heap = join(shared, "pprof/go-heap.pb.gz");
  if (!existsSync(heap)) return kinds;
  const body = new Uint8Array(readFileSync(heap));
  const request = (n: number): LoadRequest => {
    const fromS = newestS - SLOT_S * Math.floor(n / 8);
    const name = encodeURIComponent(`shed-heap{instance=i${n % 8}}`);
    const path = `/ingest?name=${name}&from=${fromS}&until=${fromS + SLOT_S}&format=pprof`;
    return { method: "POST", path, body, contentType: "binary/octet-stream" };
  };
  return [...kinds, { app: "shed-heap", name: "Go heap, 262 kB", request }];
}
