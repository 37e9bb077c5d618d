// An uploaded file → a share of it. What is small is decoded here; what is large waits for the reader's browser, which has the same
// decoders.
import { decodeFile } from "../adhoc/decode-file.ts";
import type { ShareAnswer } from "../api/share.ts";
import { type Limits, SHARING } from "../config.ts";
import { AppError, malformed, tooLarge } from "../lib/app-error.ts";
import { gzip } from "../lib/gzip.ts";
import { inflateIfGzip } from "../lib/inflate.ts";
import { isGzip } from "../lib/is-gzip.ts";
import { beginOf, joinPieces, lengthOf, streamOf } from "../lib/read-stream.ts";
import { createShare, DATA_OBJECT, ORIGINAL_OBJECT } from "./create-share.ts";
import { factsOf, type ShareFacts } from "./facts.ts";
import type { SharePorts } from "./ports.ts";

export interface UploadedFile {
  /** As it came, piece by piece: an isolate has no room for 50 MB twice. */
  readonly pieces: readonly Uint8Array[];
  readonly title: string;
  readonly fileName: string;
  readonly type: string | undefined;
  readonly units: string | undefined;
  readonly spyName: string | undefined;
  /** Sent with a token: it lives as long as a snapshot, and is the tenant's at once. */
  readonly isClaimed: boolean;
}

/** @throws AppError malformed_profile, profile_too_large */
export async function shareFile(ports: SharePorts, file: UploadedFile, limits: Limits): Promise<ShareAnswer> {
  const inflated = await inflateSmall(file.pieces, limits);
  const facts: ShareFacts["file"] = { name: file.fileName, bytes: lengthOf(file.pieces) };
  const original = { name: ORIGINAL_OBJECT, bytes: file.pieces };
  const days = file.isClaimed ? SHARING.days : SHARING.anonymousDays;
  const common = {
    title: (file.title || file.fileName).slice(0, SHARING.titleChars),
    life: days * 86_400,
    livesOn: file.isClaimed,
    frameHosts: null,
    isClaimed: file.isClaimed,
  };
  if (inflated === null) {
    const undecoded: ShareFacts = { layout: "single", graphs: [], file: facts };
    return createShare(ports, { ...common, facts: undecoded, objects: [original] });
  }
  const { content } = decodeFile({ ...file, bytes: inflated, name: common.title, fileName: file.fileName }, limits);
  const data = { name: DATA_OBJECT, bytes: gzip(JSON.stringify(content)) };
  return createShare(ports, { ...common, facts: factsOf(content, facts), objects: [original, data] });
}

/** @returns null for what is too large to be decoded here, but not too large for a browser */
async function inflateSmall(pieces: readonly Uint8Array[], limits: Limits): Promise<Uint8Array | null> {
  try {
    // Nothing becomes smaller by being inflated.
    if (lengthOf(pieces) <= SHARING.decodedBytes)
      return inflateIfGzip(joinPieces(pieces), { ...limits, inflatedBytes: SHARING.decodedBytes });
  } catch (error) {
    if (!(error instanceof AppError) || error.facts.limit !== "inflatedBytes") throw error;
  }
  await requireInflatedBelow(pieces, SHARING.inflatedBytes);
  return null;
}

/** Counts what comes out, and keeps nothing of it: an isolate has 128 MB. */
async function requireInflatedBelow(pieces: readonly Uint8Array[], most: number): Promise<void> {
  if (!isGzip(beginOf(pieces, 2))) return;
  const reader = (streamOf(pieces) as ReadableStream).pipeThrough(new DecompressionStream("gzip")).getReader();
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw malformed(`gzip: ${error instanceof Error ? error.message : "unreadable"}`);
    });
    if (done) return;
    length += value.length;
    if (length <= most) continue;
    await reader.cancel();
    throw tooLarge("inflatedBytes", `over ${most}`, most, "the file is too large when inflated");
  }
}
