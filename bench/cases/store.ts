// What a day at its true rhythm takes at rest: bytes per (series, 10 s, sampled stack) on each rung, and against the gzipped pprof
// that were sent, once sealed and once the day is compacted.
//
// Three of the app's nine instances, one upload each 10 s for 24 hours. A sampled stack is a value that is not zero of a stack in
// one upload and one profile type: what a store that keeps uploads apart has at least one number for.
import { fromBase64 } from "../../src/lib/base64.ts";
import { readHead } from "../../src/segment/segment-reader.ts";
import { type AccountedServer, startAccounted } from "../lib/accounted-server.ts";
import { readCatalog, type StoredBytes, storedBytes } from "../lib/catalog-file.ts";
import { machineLine, markdownTable } from "../lib/figures.ts";
import { DAY_S, fill, HOUR_S, hoursOf, quietAfter, secondsNow, settleAt } from "../lib/history.ts";
import { rideshareBody, SLOT_S } from "../lib/rideshare.ts";

const APP = "bench-store";
const INSTANCES = 3;

interface Sent {
  readonly uploads: number;
  readonly bytes: number;
  readonly sampledStacks: number;
}

export async function benchStore(hours = 24): Promise<string> {
  const server = await startAccounted();
  try {
    const dayS = Math.floor(secondsNow() / DAY_S - 2) * DAY_S;
    const endS = dayS + hours * HOUR_S;
    await server.restart(endS - secondsNow());
    await fill(server.url, APP, hoursOf(dayS, endS, SLOT_S), INSTANCES);
    const sent = sentBetween(dayS, endS);
    const stages = [
      // An hour is over and sealed before the window around it is.
      { name: "sealed and compacted, all rungs", stored: await storedAt(server, quietAfter(dayS + DAY_S) + HOUR_S) },
    ];
    const rungs = rungTable(server.dataDir, sent);
    stages.push({ name: "2 d later, without 10 s", stored: await storedAt(server, endS + 3 * DAY_S + HOUR_S) });
    stages.push({ name: "14 d later, without 1 min", stored: await storedAt(server, endS + 16 * DAY_S + HOUR_S) });
    stages.push({ name: "90 d later, the day alone", stored: await storedAt(server, endS + 92 * DAY_S + HOUR_S) });
    return `${rungs}\n\n${stageTable(stages, sent)}`;
  } finally {
    await server.stop();
  }
}

async function storedAt(server: AccountedServer, nowS: number): Promise<StoredBytes> {
  await settleAt(server, nowS);
  await settleAt(server, nowS + 2 * HOUR_S); // what was replaced or dropped goes an hour later
  return storedBytes(server.dataDir);
}

function sentBetween(fromS: number, untilS: number): Sent {
  let uploads = 0;
  let bytes = 0;
  let sampledStacks = 0;
  for (let slotS = fromS; slotS < untilS; slotS += SLOT_S) {
    for (let instance = 0; instance < INSTANCES; instance++) {
      const body = rideshareBody(instance, slotS);
      uploads++;
      bytes += body.bytes.length;
      sampledStacks += body.sampledStacks;
    }
  }
  return { uploads, bytes, sampledStacks };
}

/** Blocks and directories of each rung, as the heads in the catalog tell. */
function rungTable(dataDir: string, sent: Sent): string {
  const bytesOf = new Map<string, number>();
  for (const { width, finest, head } of readCatalog(
    dataDir,
    "SELECT width, finest, head FROM segments WHERE head IS NOT NULL",
  )) {
    const { rungs } = readHead(fromBase64(`${head}`));
    const places = rungs.map((rung) => [...rung.tiles, ...rung.sums.values()]);
    const firstDirectory = Math.min(...places.flat().map((place) => place.directoryOffset));
    const firstBlock = places.map((list) => Math.min(...list.map((place) => place.blocksOffset)));
    rungs.forEach((rung, i) => {
      const blocks = rung.totalsOnly
        ? 0
        : (firstBlock.slice(i + 1).find((at) => at > (firstBlock[i] ?? 0)) ?? firstDirectory) - (firstBlock[i] ?? 0);
      const directories = (places[i] ?? []).reduce((sum, place) => sum + place.directoryLength, 0);
      const name = `${Number(width) / HOUR_S} h object, ${rung.totalsOnly ? "sums of " : ""}${rung.width} s`;
      const key = `${String(width).padStart(9)}/${finest === 10 ? 0 : 1}/${String(rung.width).padStart(9)}#${name}`;
      bytesOf.set(key, (bytesOf.get(key) ?? 0) + blocks + directories);
    });
  }
  const head = ["rung", "bytes", "per upload", "bytes per (series, 10 s, sampled stack)", "uploaded : stored"];
  const rows = [...bytesOf]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, bytes]) => [key.split("#")[1] ?? key, ...ratios(bytes, sent)]);
  const title = `### Store\n\n${machineLine()}; ${sent.uploads} uploads, ${(sent.bytes / 1e6).toFixed(0)} MB gzipped, ${(sent.sampledStacks / 1e6).toFixed(1)} million sampled stacks`;
  return markdownTable(title, head, rows);
}

const ratios = (bytes: number, sent: Sent): string[] => [
  bytes.toFixed(0),
  (bytes / sent.uploads).toFixed(1),
  (bytes / sent.sampledStacks).toFixed(4),
  bytes === 0 ? "–" : `${(sent.bytes / bytes).toFixed(0)} : 1`,
];

function stageTable(stages: readonly { name: string; stored: StoredBytes }[], sent: Sent): string {
  const head = [
    "state",
    "R2",
    "D1",
    "object",
    "bytes",
    "per upload",
    "per (series, 10 s, sampled stack)",
    "uploaded : stored",
  ];
  const rows = stages.map(({ name, stored }) => {
    const all = stored.bucket + stored.catalog + stored.objectDatabases;
    const parts = [stored.bucket, stored.catalog, stored.objectDatabases].map((bytes) => `${bytes}`);
    return [name, ...parts, ...ratios(all, sent)];
  });
  return markdownTable(
    "Bytes at rest, everything counted: R2, the catalog with its indexes, the objects' databases",
    head,
    rows,
  );
}
