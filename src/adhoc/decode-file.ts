// Any profile file → flame graphs: what the upload API does at the edge and the ad-hoc page in the browser, by the same decoders as
// ingest. Pure: bytes in, a document out.
import { layoutOf } from "../api/graph-of-render.ts";
import type { ShareContent } from "../api/share.ts";
import type { Limits } from "../config.ts";
import { decodeCpuProfile } from "../formats/cpuprofile.ts";
import { decodeFolded } from "../formats/folded.ts";
import { decodeJfr } from "../formats/jfr/decode.ts";
import { NO_SNAPSHOT } from "../formats/jfr/label-snapshot.ts";
import { decodeOtlp } from "../formats/otlp/decode.ts";
import { readOtlpJson, readOtlpProto } from "../formats/otlp/read-request.ts";
import { decodePerfScript } from "../formats/perf-script.ts";
import { decodePprof } from "../formats/pprof/decode.ts";
import { decodeSpeedscope } from "../formats/speedscope.ts";
import { malformed } from "../lib/app-error.ts";
import { assertNever } from "../lib/assert.ts";
import type { Profile } from "../profile/profile.ts";
import { DEFAULT_RATE_HZ, rateOfPeriod } from "../profile/sample-rate.ts";
import { drawGraph, type FileGraph, type FileTree, totalOf } from "./file-graph.ts";
import { readFlamebearer } from "./read-flamebearer.ts";
import { type AdhocFormat, sniffFormat } from "./sniff.ts";
import { treesOfProfile } from "./trees-of-profile.ts";

export interface AdhocFile {
  /** Inflated. */
  readonly bytes: Uint8Array;
  /** What to call it; "" when nobody named it. */
  readonly name: string;
  /** Where it differs from `name`. */
  readonly fileName?: string | undefined;
  /** What its sender says it is. */
  readonly type?: string | undefined;
  readonly units?: string | undefined;
  readonly spyName?: string | undefined;
}

export interface DecodedFile {
  readonly format: AdhocFormat;
  readonly content: ShareContent;
}

/** A file before anything of it is drawn. */
export interface FileGraphs {
  readonly format: AdhocFormat;
  /** At least one: the one that is looked at first comes first. */
  readonly graphs: readonly FileGraph[];
  /** What was left out or mended. */
  readonly notes: readonly string[];
}

const MOST_GRAPHS = 64;
const MOST_NOTES = 20;

/** @throws AppError malformed_profile, profile_too_large */
export function decodeFile(file: AdhocFile, limits: Limits): DecodedFile {
  const { format, graphs, notes } = readGraphs(file, limits);
  const drawn = graphs.map((graph) => drawGraph(graph));
  return { format, content: { version: 1, layout: layoutOf(drawn[0]), graphs: drawn, view: {}, notes: [...notes] } };
}

/** @throws AppError malformed_profile, profile_too_large */
export function readGraphs(file: AdhocFile, limits: Limits): FileGraphs {
  const format = sniffFormat(file.bytes, { type: file.type, name: file.fileName ?? file.name });
  if (format === "flamebearer") {
    const graph = readFlamebearer(file.bytes, file.name, limits);
    return { format, graphs: [{ kind: "drawn", graph }], notes: [] };
  }
  const parts = partsOf(format, file, limits);
  const graphs = parts.flatMap(({ profile, rate, prefix }) => graphsOf(profile, file, { rate, prefix }));
  if (graphs.every((graph) => totalOf(graph) === 0))
    throw malformed(`there are no samples in this file, read as ${format}`);
  const notes = parts.flatMap(({ profile }) => profile.notes.map(({ subject, advice }) => `${subject}: ${advice}`));
  if (graphs.length > MOST_GRAPHS) notes.push(`The first ${MOST_GRAPHS} of ${graphs.length} profiles are shown.`);
  return { format, graphs: graphs.slice(0, MOST_GRAPHS), notes: [...new Set(notes)].slice(0, MOST_NOTES) };
}

interface Part {
  readonly profile: Profile;
  /** Hz, of counts of samples. */
  readonly rate: number;
  /** What its graphs are called before their type. */
  readonly prefix: string;
}

function partsOf(format: Exclude<AdhocFormat, "flamebearer">, { bytes }: AdhocFile, limits: Limits): Part[] {
  const one = (profile: Profile | null): Part[] =>
    profile === null ? [] : [{ profile, rate: rateOf(profile), prefix: "" }];
  switch (format) {
    case "pprof":
      return one(decodePprof(bytes, { limits, goRepair: true }));
    case "folded":
      return one(decodeFolded(bytes, limits));
    case "perf-script":
      return one(decodePerfScript(bytes, limits));
    case "cpuprofile":
      return one(decodeCpuProfile(bytes, limits));
    case "speedscope":
      return decodeSpeedscope(bytes, limits).groups.map(({ unit, profile }) => ({
        profile: speedscopeProfile(profile, unit),
        // Its ticks are counted in hundredths.
        rate: unit === "none" ? 100 * DEFAULT_RATE_HZ : DEFAULT_RATE_HZ,
        prefix: "",
      }));
    case "jfr": {
      const periodNanos = 1e9 / DEFAULT_RATE_HZ;
      return one(decodeJfr(bytes, { limits, periodNanos, labels: NO_SNAPSHOT })?.profile ?? null);
    }
    case "otlp":
    case "otlp-json": {
      const read = format === "otlp" ? readOtlpProto : readOtlpJson;
      const uploads = [...decodeOtlp(read(bytes, limits), { limits, goRepair: true })];
      const services = new Set(uploads.map(({ service }) => service));
      return uploads.map(({ service, profile }) => ({
        profile,
        rate: rateOf(profile),
        prefix: services.size > 1 ? `${service} ` : "",
      }));
    }
    default:
      return assertNever(format);
  }
}

/** Of its two values the one in its own unit: bytes as they are, time as nanoseconds, ticks as counts. */
function speedscopeProfile(profile: Profile, unit: string): Profile {
  const type = unit === "bytes" ? "bytes" : unit === "none" ? "samples" : "time";
  const wanted = { type, unit: unit === "bytes" ? "bytes" : unit === "none" ? "count" : "nanoseconds" };
  const unwanted = { type: "", unit: "" };
  return { ...profile, sampleTypes: type === "time" ? [unwanted, wanted] : [wanted, unwanted] };
}

const rateOf = (profile: Profile): number => rateOfPeriod(profile) ?? DEFAULT_RATE_HZ;

/** pprof's own rule: the type that is looked at first is the last one. */
function graphsOf(profile: Profile, file: AdhocFile, { rate, prefix }: { rate: number; prefix: string }): FileTree[] {
  const { sampleTypes } = profile;
  const graphs = treesOfProfile(profile, (index) => {
    const { type = "", unit = "" } = sampleTypes[index] ?? {};
    if (type === "") return null;
    const units = sampleTypes.length === 1 && file.units ? file.units : unitsOf(type, unit);
    return {
      label: `${prefix}${type}`.slice(0, 200),
      units,
      sampleRate: rate,
      spyName: file.spyName ?? "",
      name: file.name,
    };
  });
  // A type without a value is no picture where another has some.
  const first = graphs.findLast((graph) => totalOf(graph) > 0);
  return first === undefined ? graphs : [first, ...graphs.filter((graph) => graph !== first)];
}

/** Counts of samples are time at a rate; other counts are of objects. */
const unitsOf = (type: string, unit: string): string =>
  type === "samples" ? "samples" : unit === "count" && /objects/.test(type) ? "objects" : unit;
