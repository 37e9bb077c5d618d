// The query parameters of POST /ingest. Of a repeated one the first counts, an empty one is absent,
// unknown ones are ignored, and only the app in `name` can be wrong.
import type { Limits } from "../config.ts";
import { AppError, type ErrorFacts, invalidArgument } from "../lib/app-error.ts";
import { isTimeForm, parseTimeForm } from "../lib/time-form.ts";
import { type AppName, readUploadName } from "../profile/app-name.ts";
import { LabelDrops } from "../profile/label-drops.ts";
import type { Aggregation } from "../profile/profile-type.ts";
import { limitNote, plainNote, type UploadNote } from "../profile/upload-note.ts";

export interface UploadParams {
  readonly name: AppName;
  /** On labels of the name that are none, and on times that are none. */
  readonly nameNotes: readonly UploadNote[];
  /** Unix seconds; null when not sent. */
  readonly from: number | null;
  readonly until: number | null;
  /** Hz; null when not sent or unreadable. 0 is a rate: "not sampled". */
  readonly sampleRate: number | null;
  readonly spyName: string;
  readonly units: string;
  readonly aggregation: Aggregation;
  readonly format: string;
}

/** @throws AppError invalid_argument */
export function parseUploadParams(query: URLSearchParams, nowSeconds: number, limits: Limits): UploadParams {
  const time = (key: string): number | null => {
    const text = query.get(key);
    return text ? parseTimeForm(text, nowSeconds) : null;
  };
  const { name, notes } = parseName(query.get("name") ?? "", limits);
  return {
    name,
    nameNotes: [...notes, ...noTimes(query, nowSeconds)],
    from: time("from"),
    until: time("until"),
    sampleRate: parseRate(query.get("sampleRate") ?? ""),
    spyName: word(query.get("spyName"), "unknown"),
    units: word(query.get("units"), "samples"),
    aggregation: parseAggregation(query.get("aggregationType") ?? ""),
    format: query.get("format") ?? "",
  };
}

/**
 * The name of an upload, and what of its labels was left out. A longer text is cut: its app stands at its beginning.
 * @throws AppError invalid_argument when the app can't be one
 */
export function parseName(
  text: string,
  { nameBytes, labelValueBytes }: Pick<Limits, "nameBytes" | "labelValueBytes">,
): { readonly name: AppName; readonly notes: readonly UploadNote[] } {
  const drops = new LabelDrops();
  const cut: UploadNote[] =
    text.length <= nameBytes
      ? []
      : [
          limitNote(
            "label_dropped",
            "the parameter name",
            ["nameBytes", text.length, nameBytes],
            "labels behind the limit were left out; send fewer or shorter ones",
          ),
        ];
  try {
    const name = readUploadName(text.slice(0, nameBytes), drops);
    if (name.app.length > labelValueBytes)
      throw invalidArgument("service name is too long", {
        limit: "labelValueBytes",
        actual: name.app.length,
        allowed: labelValueBytes,
      });
    return { name, notes: [...cut, ...drops.notes()] };
  } catch (error) {
    if (error instanceof AppError) throw invalidArgument(`name: ${error.message}`, adviceOnName(text, error.facts));
    throw error;
  }
}

/** What is no time is read as far as it goes, as it always was, and is now at worst: a history that is loaded so would lie in a heap. */
const noTimes = (query: URLSearchParams, nowSeconds: number): UploadNote[] =>
  ["from", "until"].flatMap((key) => {
    const text = query.get(key);
    if (!text || isTimeForm(text)) return [];
    const taken = parseTimeForm(text, nowSeconds);
    return [
      plainNote("time_replaced", `${key}=${text}`, `this is no time, and was taken for ${taken}; send unix seconds`),
    ];
  });

/** Whoever has forgotten the parameter, or put it into a form, needs to know where it goes. */
function adviceOnName(text: string, facts: ErrorFacts): ErrorFacts {
  if (facts.limit !== undefined) return facts;
  const advice =
    text === ""
      ? "name the application in the address: /ingest?name=my-app"
      : "name the application with letters from a to z, digits and _ . / -, as in my-app or my-app{region=eu}";
  return { ...facts, advice };
}

/** Free text that becomes a label or a caption: nothing real is longer. */
const word = (text: string | null, absent: string): string => (text && text.length <= 256 ? text : absent);

function parseRate(text: string): number | null {
  if (!/^\+?\d{1,10}$/.test(text)) return null;
  const rate = Number(text);
  return rate <= 0xffffffff ? rate : null;
}

/** `avg` is what old servers also took on reads. */
export const parseAggregation = (text: string): Aggregation =>
  text === "average" || text === "avg" ? "average" : "sum";
