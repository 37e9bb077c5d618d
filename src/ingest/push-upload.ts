// A Push request, thousands of profiles at once: each is decoded and judged by itself, those of one service share a
// batch and its dictionary. What is refused costs nobody else: the rest is stored, and the error says what is not.
import type { UploadId } from "../aggregate/live-protocol.ts";
import type { PushSeries } from "../formats/push/read-push.ts";
import { AppError, invalidArgument, type RefusedProfile, tooLarge } from "../lib/app-error.ts";
import { inflateIfGzip, mostInflated } from "../lib/inflate.ts";
import { sha256Hex } from "../lib/sha256.ts";
import type { AppName } from "../profile/app-name.ts";
import { labelSet, labelsText, labelValue } from "../profile/labels.ts";
import type { TypeInfo } from "../profile/profile-type.ts";
import { StackDictionary } from "../profile/stack-dictionary.ts";
import { type UploadNote, UploadNotes } from "../profile/upload-note.ts";
import { BatchWriter } from "../segment/batch.ts";
import type { DecodeSettings } from "./decode-upload.ts";
import { decodePushed } from "./push-profile.ts";
import { namePushSeries, type PushNaming } from "./push-series.ts";
import { shedNote } from "./shed-note.ts";
import { type Routed, type StorePorts, storeMany } from "./store-upload.ts";
import { keyId, placeId, routeOfUpload } from "./upload-id.ts";
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

interface Draft {
  readonly service: string;
  readonly types: Map<string, TypeInfo>;
  writer: BatchWriter;
  /** Of each upload in the writer. */
  ids: Named[];
}

interface Named {
  readonly name: AppName;
  /** Empty where the sender gave none. */
  readonly id: string;
  /** In the request, from 1. */
  readonly place: number;
  /** Of the profile as sent. */
  readonly bytes: number;
  /** As sent; null where it does not say when it was taken. */
  readonly timed: Uint8Array | null;
}

/**
 * @throws AppError invalid_argument for a request without profiles; whatever the store throws (a part of the request may be stored then: ids make its repetition harmless)
 */
export async function storePush(
  ports: StorePorts,
  request: readonly PushSeries[],
  settings: DecodeSettings,
  listener: IncidentListener = NOBODY_LISTENS,
): Promise<PushOutcome> {
  if (!request.some(({ samples }) => samples.length > 0)) throw invalidArgument("no profiles received");
  const run = new PushRun(ports, settings, listener);
  for (const series of request) await run.takeSeries(series);
  return run.finish();
}

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
      if (naming instanceof AppError) this.#refuse(id, naming, subject);
      else await this.#takeSample(naming, { profile, id, subject });
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
      this.#drafts.set(naming.service, { service: naming.service, types: new Map(), writer: emptyWriter(), ids: [] });
    }
    this.#note(naming.notes, subject);
    return naming;
  }

  async #takeSample(naming: PushNaming, { profile, id, subject }: Sample): Promise<void> {
    const draft = this.#drafts.get(naming.service);
    if (draft === undefined) return;
    const bytes = caught(() => this.#inflate(profile));
    if (bytes instanceof AppError) {
      this.#refuse(id, bytes, subject);
      return;
    }
    if (bytes.length > ALONE_BYTES) await this.#flush(draft);
    const before = draft.writer.stacks.size;
    const refusal = caught(() => this.#add(draft, naming, bytes, { id, subject, profile }));
    if (refusal instanceof AppError) {
      this.#refuse(id, refusal, subject);
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

  #add(draft: Draft, naming: PushNaming, bytes: Uint8Array, { id, subject, profile }: Sample): undefined {
    const decoded = decodePushed(bytes, naming, draft.writer.stacks, this.#settings);
    if (decoded === null) {
      this.#empty++;
      return;
    }
    this.#note(decoded.notes, subject);
    draft.writer.add(decoded.slot, decoded.series);
    draft.ids.push({
      name: naming.name,
      id,
      place: this.#seen,
      bytes: profile.length,
      timed: decoded.hasTime ? profile : null,
    });
    for (const { type } of decoded.series) draft.types.set(type.id, type);
  }

  /** Hands the draft's batch over and begins another. */
  async #flush(draft: Draft): Promise<void> {
    const { service, types, writer, ids } = draft;
    const subject = () => ({ app: service, series: service, spyName: "", bytes: null });
    draft.writer = emptyWriter();
    draft.ids = [];
    if (writer.uploads === 0) return;
    const { batchBytes } = this.#settings.limits;
    const batch = writer.finish();
    if (batch.length > batchBytes) {
      const error = tooLarge("batchBytes", batch.length, batchBytes, "bytes of the encoded profile");
      for (let left = writer.uploads; left > 0; left--) this.#refuse("", error, subject);
      return;
    }
    const uploads = await Promise.all(ids.map(async (one) => ({ ...(await this.#routedOf(one)), bytes: one.bytes })));
    const { stored, duplicates, shed } = await storeMany(this.#ports, {
      service,
      types: [...types.values()],
      batch,
      uploads,
    });
    this.#stored += stored;
    this.#duplicates += duplicates;
    if (shed !== null) this.#note([shedNote(shed)], subject);
  }

  /** Without an id of its sender's it is known by its bytes and its place: what was stored of a request that failed counts once when it comes again. */
  async #routedOf({ name, id, place, timed }: Named): Promise<Routed> {
    const { tenant, anyRoute } = this.#ports;
    if (id !== "") return routed(await keyId("push", tenant, name, id));
    if (timed === null) return { id: "", keepSeconds: 0, route: routeOfUpload(name, [], anyRoute) };
    return routed(await placeId("push", tenant, name, { hash: await sha256Hex(timed), place }));
    function routed(known: UploadId): Routed {
      return { ...known, route: routeOfUpload(name, [known], anyRoute) };
    }
  }

  #refuse(id: string, error: AppError, subject: () => UploadSubject): void {
    this.#listener.refused(error, subject());
    if (++this.#refused <= REFUSALS_LISTED) this.#refusals.push({ profile: this.#seen, id: id.slice(0, 64), error });
  }

  #note(more: readonly UploadNote[], subject: () => UploadSubject): void {
    if (more.length > 0) this.#listener.mended(more, subject());
    this.#notes.add(...more);
  }
}

/** One profile of the request. */
interface Sample {
  readonly profile: Uint8Array;
  readonly id: string;
  /** Made only when there is something to tell. */
  readonly subject: () => UploadSubject;
}

function subjectOf(labels: PushSeries["labels"], bytes: Uint8Array): UploadSubject {
  const sent = labelSet(labels);
  const app = labelValue(sent, "service_name") || null;
  return { app, series: labelsText(sent), spyName: labelValue(sent, "pyroscope_spy") ?? "", bytes };
}

interface Refusal extends Pick<RefusedProfile, "profile" | "id"> {
  readonly error: AppError;
}

const emptyWriter = (): BatchWriter => new BatchWriter(new StackDictionary());

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
function refusalOf(refusals: readonly Refusal[], refused: number, seen: number): AppError {
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
