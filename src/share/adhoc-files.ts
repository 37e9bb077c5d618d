// Files that are kept on the server to be looked at again: uploaded, listed, opened, compared. They are kept as they came, and
// decoded anew for whoever opens one, because each asks for another type and number of nodes.
import { readGraphs } from "../adhoc/decode-file.ts";
import { differenceOf } from "../adhoc/difference.ts";
import { drawGraph, type FileGraph, namingOf, treeOf } from "../adhoc/file-graph.ts";
import type { ShareGraph } from "../api/share.ts";
import { ADHOC_FILES } from "../config/clients.ts";
import { type Limits, SHARING } from "../config.ts";
import { AppError, invalidArgument } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { gzip } from "../lib/gzip.ts";
import { inflateIfGzip } from "../lib/inflate.ts";
import { isGzip } from "../lib/is-gzip.ts";
import { ulid } from "../lib/ulid.ts";
import { type AdhocRow, type AdhocStore, readAdhocFile, writeAdhocFile } from "../storage/adhoc-files.ts";

export interface AdhocPorts extends AdhocStore {
  readonly clock: Clock;
}

export interface SentFile {
  readonly name: string;
  /** As it came. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly said: FileWords;
}

/** What its sender says it is. */
export interface FileWords {
  readonly type?: string | undefined;
  readonly units?: string | undefined;
  readonly spyName?: string | undefined;
}

export interface OpenFile {
  readonly row: AdhocRow;
  readonly graphs: readonly FileGraph[];
}

const ID = /^[A-Za-z0-9_.-]{1,200}$/;
const ID_NAME_CHARS = 100;

/** @throws AppError malformed_profile, profile_too_large: then nothing is kept */
export async function keepFile(ports: AdhocPorts, { name, bytes, said }: SentFile, limits: Limits): Promise<OpenFile> {
  if (bytes.length === 0) throw invalidArgument("profile is required");
  const inflated = inflateIfGzip(bytes, { ...limits, inflatedBytes: SHARING.decodedBytes });
  const graphs = graphsOf(inflated, name, said, limits);
  const now = ports.clock();
  const uploadedAt = Math.floor(now * 1000);
  const id = `${ulid(uploadedAt, crypto.getRandomValues(new Uint8Array(16)))}-${idPart(name)}`;
  const stored = isGzip(bytes) ? bytes : gzip(bytes);
  const row = { id, name, uploadedAt, storedBytes: stored.length, said: JSON.stringify(said) };
  await writeAdhocFile(ports, row, stored, Math.floor(now));
  return { row, graphs };
}

const idPart = (name: string): string => name.replaceAll(/[^A-Za-z0-9_.-]/g, "_").slice(0, ID_NAME_CHARS);

/** @throws AppError not_found */
export async function openFile(ports: AdhocPorts, id: string, limits: Limits): Promise<OpenFile> {
  const found = ID.test(id) ? await readAdhocFile(ports, id) : null;
  if (found === null) throw new AppError("not_found", `profile ${JSON.stringify(id.slice(0, 200))} not found`);
  // It was taken: what we packed ourselves may shrink as far as it likes.
  const packing = { inflatedBytes: SHARING.decodedBytes, inflationRatio: Number.POSITIVE_INFINITY };
  const { name, said } = found.row;
  const graphs = graphsOf(inflateIfGzip(found.bytes, packing), name, JSON.parse(said) as FileWords, limits);
  return { row: found.row, graphs };
}

const graphsOf = (bytes: Uint8Array, name: string, said: FileWords, limits: Limits): readonly FileGraph[] =>
  readGraphs({ bytes, name, ...said }, limits).graphs;

export interface ChosenGraph {
  readonly profileType: string;
  /** Of the file, or those that both files have. */
  readonly profileTypes: readonly string[];
  readonly graph: ShareGraph;
}

/** A type of a file by its name; any other is the file's first, as Pyroscope has it. */
export function graphOfType({ graphs }: OpenFile, wanted: string | undefined, maxNodes: number): ChosenGraph {
  const chosen = graphs.find((one) => typeName(one) === wanted) ?? graphs[0];
  if (chosen === undefined) throw invalidArgument("no profiles found after parsing");
  return { profileType: typeName(chosen), profileTypes: graphs.map(typeName), graph: drawGraph(chosen, maxNodes) };
}

const typeName = (one: FileGraph): string => {
  const { label, name } = namingOf(one);
  return label || name || "profile";
};

/** @throws AppError invalid_argument when there is nothing in both that can be compared */
export function differenceOfFiles(
  left: OpenFile,
  right: OpenFile,
  wanted: string | undefined,
  maxNodes: number,
): ChosenGraph {
  const pairs = pairsOf(left.graphs, right.graphs);
  const [a, b] = pairs.find(([one]) => typeName(one) === wanted) ?? pairs[0] ?? [];
  if (a === undefined || b === undefined) throw invalidArgument("these files have no profile type in common");
  const graph = differenceOf(
    { naming: namingOf(a), tree: treeOf(a) },
    { naming: namingOf(b), tree: treeOf(b) },
    maxNodes,
  );
  return { profileType: typeName(a), profileTypes: pairs.map(([one]) => typeName(one)), graph };
}

/** By their names; files of one graph each are compared whatever theirs are. */
function pairsOf(left: readonly FileGraph[], right: readonly FileGraph[]): [FileGraph, FileGraph][] {
  const [a, b] = [left[0], right[0]];
  if (a !== undefined && b !== undefined && left.length === 1 && right.length === 1) return [[a, b]];
  return left.flatMap((one): [FileGraph, FileGraph][] => {
    const other = right.find((each) => typeName(each) === typeName(one));
    return other === undefined ? [] : [[one, other]];
  });
}

/** As /render answers a graph. */
export function flamebearerProfile({ flamebearer, metadata }: ShareGraph, name: string) {
  const { leftTicks, rightTicks, ...tree } = flamebearer;
  const { format, spyName, sampleRate, units } = metadata;
  return {
    version: 1,
    flamebearer: tree,
    metadata: { format, spyName, sampleRate, units, name },
    timeline: null,
    groups: null,
    heatmap: null,
    ...(format === "double" ? { leftTicks: leftTicks ?? 0, rightTicks: rightTicks ?? 0 } : {}),
  };
}

/** A name that ids and lists can bear. @throws AppError invalid_argument */
export function fileName(name: string): string {
  if (name.length > ADHOC_FILES.nameChars)
    throw invalidArgument(`name has ${name.length} characters, ${ADHOC_FILES.nameChars} are allowed`);
  return name.trim() || "profile";
}
