// Files of the ad-hoc page in words. What a file and its types are called may hold any character: it is shown escaped.
import { BROWSER_LIMITS } from "../../src/adhoc/limits.ts";
import type { AdhocFormat } from "../../src/adhoc/sniff.ts";
import { valueFormat } from "../../src/view/format.ts";
import { visibleName } from "../../src/view/names.ts";
import type { FileFacts, FileFailure, GraphFacts } from "../adhoc/file-messages.ts";

export const FORMAT_NAMES: Readonly<Record<AdhocFormat, string>> = {
  pprof: "pprof",
  folded: "collapsed stacks",
  "perf-script": "perf script",
  flamebearer: "flamebearer JSON",
  speedscope: "speedscope",
  jfr: "Java Flight Recorder",
  cpuprofile: "Chrome .cpuprofile",
  otlp: "OTLP profiles",
  "otlp-json": "OTLP profiles as JSON",
};

const bytesFormat = valueFormat({ units: "bytes", sampleRate: 1 });
export const sizeText = (bytes: number): string => bytesFormat.short(bytes);
export const MOST_SIZE_TEXT = sizeText(BROWSER_LIMITS.inflatedBytes);

export const fileText = (name: string): string => visibleName(name === "" ? "profile" : name);

/** Only what tells graphs of one file apart. */
export const graphText = ({ label, isDifference }: GraphFacts, at: number): string =>
  isDifference ? "difference" : visibleName(label || `profile ${at + 1}`);

export const totalText = ({ total, units, sampleRate }: GraphFacts): string =>
  valueFormat({ units, sampleRate }).short(total);

/** What a share of it is called unless its owner says something else. */
export function titleOf(name: string, { graphs }: FileFacts, chosen: number): string {
  const graph = graphs[chosen];
  return graph === undefined || graphs.length === 1 ? name : `${name} · ${graph.label}`;
}

/** How far a file is read. Of one that is compressed nobody knows how much is to come. */
export const readingText = (name: string, bytes: number, size: number): string =>
  bytes > size
    ? `${fileText(name)}: ${sizeText(bytes)} unpacked`
    : `${fileText(name)}: ${sizeText(bytes)} of ${sizeText(size)} read`;

export const decodingText = (name: string): string => `${fileText(name)}: finding its stacks`;

/** With a full stop; what it was taken for, where that may be what is wrong. */
export function failureText({ code, message, format }: FileFailure): string {
  const text = visibleName(message.slice(0, MOST_MESSAGE_CHARS)).replace(/\.$/, "");
  const asFormat = code === "malformed_profile" && format !== null ? `Read as ${FORMAT_NAMES[format]}: ` : "";
  const sentence = asFormat + text;
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

const MOST_MESSAGE_CHARS = 400;

const SHORTER = "Record a shorter time, or sample less often.";
const BY_LIMIT: Readonly<Record<string, string>> = {
  inflatedBytes: `A browser's tab bears ${MOST_SIZE_TEXT} of profile. Record a shorter time, or save it as pprof, which is much smaller.`,
  jsonBytes: "Save it as pprof or as collapsed stacks, which are much smaller.",
  otlpAttributes: "Put fewer profiles into one file, or give resources fewer attributes.",
  jfrMetadataRows: "Leave out event types of the recording's own.",
  totalOfType: "Check the unit of its values: nothing uses that much.",
};

/** What to do about it. */
export function adviceText({ code, limit }: FileFailure): string {
  const byLimit = BY_LIMIT[limit ?? ""];
  if (byLimit !== undefined) return byLimit;
  switch (code) {
    case "profile_too_large":
      return SHORTER;
    case "empty":
      return "Whatever was to write it wrote nothing: look at how it ended.";
    case "unreadable":
      return "It may have been moved or changed since it was chosen, or be a folder: choose the file again.";
    case "crashed":
      return "The browser may have no memory left: close other tabs, or record a shorter time.";
    default:
      return "Check that the file is complete, and that it is in one of the formats below.";
  }
}
