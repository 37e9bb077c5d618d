// A Push request, thousands of profiles at once: each is decoded and judged by itself, those of one service share a
// batch and its dictionary. What is refused costs nobody else: the rest is stored, and the error says what is not.
import type { PushSeries } from "../formats/push/read-push.ts";
import { AppError, invalidArgument, type RefusedProfile, tooLarge } from "../lib/app-error.ts";
import { inflateIfGzip, mostInflated } from "../lib/inflate.ts";
import { labelSet, labelsText, labelValue } from "../profile/labels.ts";
import { type UploadNote, UploadNotes } from "../profile/upload-note.ts";
import type { DecodeSettings } from "./decode-upload.ts";
import { withLikelyAdvice } from "./likely-format.ts";
import { addToDraft, type Draft, newDraft, type Sample, storeDraft } from "./push-draft.ts";
import { decodePushed } from "./push-profile.ts";
import { namePushSeries, type PushNaming, spyNameOf } from "./push-series.ts";
import { shedNote } from "./shed-note.ts";
import type { StorePorts } from "./store-upload.ts";
import { type IncidentListener, NOBODY_LISTENS, type UploadSubject } from "./upload-incident.ts";

export interface PushOutcome {
  /** Profiles that are durable now. */
  readonly stored: number;
  /** Profiles that were durable before, by their ids. */
  readonly duplicates: number;
  /** Legal profiles that held nothing to store. */
  readonly empty: number;
  readonly refused: number;
  /** What the sender is told of those refused. */
  readonly error: AppError | null;
  /** The first few different ones. */
  readonly notes: readonly UploadNote[];
  readonly noteCount: number;
}

/** A batch this big goes to its object before the request is read on: it bounds what a request holds in memory. */
const FLUSH_BYTES = 4 * 1024 * 1024;
const NOTES_KEPT = 8;
/** Refusals that the message tells in words, and that the answer lists. */
const REFUSALS_TOLD = 5;
const REFUSALS_LISTED = 1000;

/** A profile this big goes alone: it may be refused for the size of its batch. */
const ALONE_BYTES = 1024 * 1024;

/** A batch may be cut into so many parts when some of its types are refused; batches of a request together, into so many. */
const MOST_PARTS = 8;
const MOST_PARTS_OF_REQUEST = 64;

/**
 * @throws AppError invalid_argument for a request without profiles; whatever the store throws (a part of the request may be stored then: ids make its repetition harmless)
 */
export async function storePush(
  ports: StorePorts,
  request: readonly PushSeries[],
  settings: DecodeSettings,
  listener: IncidentListener = NOBODY_LISTENS,
): Promise<PushOutcome> {
  if (!request.some(({ samples }) => samples.length > 0))
    throw invalidArgument("no profiles received", { advice: WHERE_PROFILES_GO });
  const run = new PushRun(ports, settings, listener);
  for (const series of request) await run.takeSeries(series);
  return run.finish();
}

const WHERE_PROFILES_GO = "put profiles into series[].samples[].rawProfile: the request has none there";

class PushRun {
  readonly #ports: StorePorts;
  readonly #settings: DecodeSettings;
  readonly #listener: IncidentListener;
  readonly #drafts = new Map<string, Draft>();
  readonly #refusals: Refusal[] = [];
  readonly #notes = new UploadNotes(NOTES_KEPT);
  #seen = 0;
  #stored = 0;
  #duplicates = 0;
  #empty = 0;
  #refused = 0;
  #inflatedBytes = 0;
  #partsLeft = MOST_PARTS_OF_REQUEST;

  constructor(ports: StorePorts, settings: DecodeSettings, listener: IncidentListener) {
    this.#ports = ports;
    this.#settings = settings;
    this.#listener = listener;
  }

  async takeSeries(series: PushSeries): Promise<void> {
    const { labels, samples } = series;
    let naming: PushNaming | AppError | undefined;
    for (const { profile, id } of samples) {
      this.#seen++;
      const subject = () => subjectOf(labels, profile);
      naming ??= caught(() => this.#name(series, subject));
      const sample = { profile, id, place: this.#seen, subject };
      if (naming instanceof AppError) this.#refuse(sample, naming);
      else await this.#takeSample(naming, sample);
    }
  }

  async finish(): Promise<PushOutcome> {
    for (const draft of this.#drafts.values()) await this.#flush(draft);
    return {
      stored: this.#stored,
      duplicates: this.#duplicates,
      empty: this.#empty,
      refused: this.#refused,
      error: this.#refused === 0 ? null : refusalOf(this.#refusals, this.#refused, this.#seen),
      notes: this.#notes.list,
      noteCount: this.#notes.count,
    };
  }

  #name(series: PushSeries, subject: () => UploadSubject): PushNaming {
    const { limits } = this.#settings;
    const naming = namePushSeries(series, limits);
    if (!this.#drafts.has(naming.service)) {
      const { servicesPerRequest } = limits;
      if (this.#drafts.size >= servicesPerRequest)
        throw tooLarge(
          "servicesPerRequest",
          `over ${servicesPerRequest}`,
          servicesPerRequest,
          "services in the request",
        );
      this.#drafts.set(naming.service, newDraft(naming.service));
    }
    this.#note(naming.notes, subject);
    return naming;
  }

  async #takeSample(naming: PushNaming, sample: Sample): Promise<void> {
    const draft = this.#drafts.get(naming.service);
    if (draft === undefined) return;
    const bytes = caught(() => this.#inflate(sample.profile));
    if (bytes instanceof AppError) {
      this.#refuse(sample, bytes);
      return;
    }
    if (bytes.length > ALONE_BYTES) await this.#flush(draft);
    const before = draft.writer.stacks.size;
    const refusal = caught(() => this.#add(draft, naming, bytes, sample));
    if (refusal instanceof AppError) {
      this.#refuse(sample, refusal);
      draft.writer.stacks.truncate(before);
    } else if (bytes.length > ALONE_BYTES || draft.writer.byteLength > FLUSH_BYTES) await this.#flush(draft);
  }

  #inflate(profile: Uint8Array): Uint8Array {
    const { limits } = this.#settings;
    const { inflatedBytesPerRequest: most } = limits;
    const judge = () => {
      if (this.#inflatedBytes > most)
        throw tooLarge(
          "inflatedBytesPerRequest",
          this.#inflatedBytes,
          most,
          "the profiles of the request are too large when inflated",
        );
    };
    judge(); // no more work for a request that had its share
    let bytes: Uint8Array;
    try {
      bytes = inflateIfGzip(profile, limits);
    } catch (error) {
      // How far it came nobody knows: at most this far.
      this.#inflatedBytes += mostInflated(profile.length, limits);
      throw error;
    }
    this.#inflatedBytes += bytes.length;
    judge();
    return bytes;
  }

  #add(draft: Draft, naming: PushNaming, bytes: Uint8Array, sample: Sample): undefined {
    const decoded = decodePushed(bytes, naming, draft.writer.stacks, this.#settings);
    if (decoded === null) {
      this.#empty++;
      return;
    }
    this.#note(decoded.notes, sample.subject);
    addToDraft(draft, sample, naming.name, decoded);
  }

  async #flush(draft: Draft): Promise<void> {
    const [first] = draft.added;
    if (first === undefined) return;
    const { batchBytes } = this.#settings.limits;
    const mostParts = Math.min(MOST_PARTS, this.#partsLeft);
    try {
      const { stored, duplicates, shed, refused } = await storeDraft(this.#ports, draft, { batchBytes, mostParts });
      this.#stored += stored;
      this.#duplicates += duplicates;
      if (shed !== null) this.#note([shedNote(shed)], () => serviceAlone(draft.service));
      if (refused.length > 0) this.#partsLeft = Math.max(1, this.#partsLeft - mostParts);
      for (const { sample, error } of refused) this.#refuse(sample, error);
    } catch (error) {
      // The request is answered with it, and is sent again.
      if (error instanceof AppError) this.#listener.refused(error, first.subject());
      throw error;
    }
  }

  #refuse({ id, place, profile, subject }: Sample, thrown: AppError): void {
    // Of the first alone: a request may have thousands.
    const error = this.#refused === 0 ? withLikelyAdvice(thrown, profile, "pprof") : thrown;
    this.#listener.refused(error, subject());
    if (++this.#refused <= REFUSALS_LISTED) this.#refusals.push({ profile: place, id: id.slice(0, 64), error });
  }

  #note(more: readonly UploadNote[], subject: () => UploadSubject): void {
    if (more.length > 0) this.#listener.mended(more, subject());
    this.#notes.add(...more);
  }
}

function subjectOf(labels: PushSeries["labels"], bytes: Uint8Array): UploadSubject {
  const sent = labelSet(labels);
  const app = labelValue(sent, "service_name") || null;
  return { app, series: labelsText(sent), spyName: spyNameOf(sent), bytes };
}

const serviceAlone = (app: string): UploadSubject => ({ app, series: app, spyName: "", bytes: null });

interface Refusal extends Pick<RefusedProfile, "profile" | "id"> {
  readonly error: AppError;
}

/** What `act` gives, or the refusal it throws. Anything else is a fault and goes on. */
function caught<T>(act: () => T): T | AppError {
  try {
    return act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** One profile's own error; of several, how many and the first few. */
function refusalOf(found: readonly Refusal[], refused: number, seen: number): AppError {
  // Those that the object refused come late.
  const refusals = found.toSorted((a, b) => a.profile - b.profile);
  const first = refusals[0]?.error;
  if (first !== undefined && seen === 1) return first;
  const told = refusals
    .slice(0, REFUSALS_TOLD)
    .map(({ profile, id, error }) => `profile ${profile}${id === "" ? "" : ` (${id})`}: ${error.message}`);
  const rest = refused > told.length ? `; and ${refused - told.length} more` : "";
  return new AppError(
    first?.code ?? "malformed_profile",
    `${refused} of ${seen} profiles were refused, the others are stored: ${told.join("; ")}${rest}`,
    { ...first?.facts, refused: refusals.map(({ profile, id, error }) => ({ profile, id, message: error.message })) },
  );
}
