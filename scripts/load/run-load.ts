// The command behind `npm run load`: find, read, send, say what became of it.
import { AppError } from "../../src/lib/app-error.ts";
import { findFiles } from "./find-files.ts";
import { type LoadOptions, readOptions, USAGE } from "./options.ts";
import { messageSize } from "./push-message.ts";
import { type LoadedProfile, readProfile } from "./read-profile.ts";
import { LoadStopped, sendPush } from "./send-push.ts";

const EXIT = { done: 0, refused: 1, usage: 2, unreachable: 3 } as const;
/** A request is sent at this size, whatever its profiles: servers take 64 MiB and more. */
const REQUEST_BYTES = 8 * 1024 * 1024;
const REFUSALS_SHOWN = 20;
const PROGRESS_MS = 200;
const QUIET_PROGRESS_MS = 10_000;

interface Tally {
  readonly files: number;
  read: number;
  bytes: number;
  accepted: number;
  duplicates: number;
  empty: number;
  first: number;
  last: number;
  readonly refused: { file: string; why: string }[];
}

export async function runLoad(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  let options: LoadOptions | null;
  try {
    options = readOptions(args, environment);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return EXIT.usage;
  }
  if (options === null) {
    console.log(USAGE);
    return EXIT.done;
  }
  const { files, missing } = findFiles(options.files);
  for (const argument of missing) console.error(`${argument}: no such file`);
  if (files.length === 0) return EXIT.usage;
  const tally: Tally = {
    files: files.length,
    read: 0,
    bytes: 0,
    accepted: 0,
    duplicates: 0,
    empty: 0,
    first: Number.POSITIVE_INFINITY,
    last: 0,
    refused: missing.map((file) => ({ file, why: "no such file" })),
  };
  const started = performance.now();
  let stopped: LoadStopped | null = null;
  try {
    await sendAll(files, options, tally, progress(tally, started));
  } catch (error) {
    if (!(error instanceof LoadStopped)) throw error;
    stopped = error;
  }
  report(tally, options, (performance.now() - started) / 1000);
  if (stopped !== null) console.error(stopped.message);
  if (stopped !== null) return EXIT.unreachable;
  return tally.refused.length > 0 ? EXIT.refused : EXIT.done;
}

async function sendAll(
  files: readonly string[],
  options: LoadOptions,
  tally: Tally,
  show: (isEnd: boolean) => void,
): Promise<void> {
  const batches = batchesOf(files, options, tally);
  let isStopped = false;
  const sender = async () => {
    // Files are read between requests, by whichever sender has nothing under way: a batch each is all that is held.
    for (let next = batches.next(); !next.done && !isStopped; next = batches.next()) {
      if (options.dryRun) tally.accepted += next.value.length;
      else {
        const sent = await sendPush(next.value, options).catch((error: unknown) => {
          isStopped = true;
          throw error;
        });
        tally.accepted += sent.accepted;
        tally.duplicates += sent.duplicates;
        tally.refused.push(...sent.refused);
      }
      show(false);
    }
  };
  try {
    await Promise.all(Array.from({ length: options.concurrency }, sender));
  } finally {
    show(true);
  }
}

function* batchesOf(files: readonly string[], options: LoadOptions, tally: Tally): Generator<LoadedProfile[]> {
  let batch: LoadedProfile[] = [];
  let size = 0;
  for (const file of files) {
    const profile = readOne(file, options, tally);
    if (profile === null) continue;
    const more = messageSize(profile);
    if (batch.length >= options.batch || (batch.length > 0 && size + more > REQUEST_BYTES)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(profile);
    size += more;
  }
  if (batch.length > 0) yield batch;
}

function readOne(file: string, options: LoadOptions, tally: Tally): LoadedProfile | null {
  tally.read++;
  try {
    const profile = readProfile(file, options);
    if (profile === null) {
      tally.empty++;
      return null;
    }
    tally.bytes += profile.profile.length;
    tally.first = Math.min(tally.first, profile.timeSeconds);
    tally.last = Math.max(tally.last, profile.timeSeconds);
    return profile;
  } catch (error) {
    if (!(error instanceof AppError) && !(error instanceof Error && "code" in error)) throw error;
    tally.refused.push({ file, why: error.message });
    return null;
  }
}

/** On a terminal one line that changes; elsewhere a line now and then. */
function progress(tally: Tally, startedMs: number): (isEnd: boolean) => void {
  const terminal = process.stdout.isTTY;
  let shownMs = startedMs;
  return (isEnd) => {
    const nowMs = performance.now();
    if (!isEnd && nowMs - shownMs < (terminal ? PROGRESS_MS : QUIET_PROGRESS_MS)) return;
    if (isEnd && !terminal) return;
    shownMs = nowMs;
    const perSecond = (tally.accepted * 1000) / Math.max(1, nowMs - startedMs);
    const text = `${tally.read}/${tally.files} files read, ${tally.accepted} profiles taken, ${perSecond.toFixed(0)}/s`;
    if (terminal) process.stdout.write(`\r${text}${isEnd ? "\n" : ""}`);
    else console.log(text);
  };
}

function report(tally: Tally, { url, app, dryRun }: LoadOptions, seconds: number): void {
  const { accepted, duplicates, empty, refused, bytes, first, last } = tally;
  const perSecond = (accepted / Math.max(0.001, seconds)).toFixed(0);
  const verb = dryRun ? "Would send" : "Sent";
  console.log(
    `${verb} ${accepted} profiles of ${app} to ${url} in ${seconds.toFixed(1)} s (${perSecond}/s, ${(bytes / 1e6).toFixed(1)} MB read).`,
  );
  if (accepted > 0) console.log(`They were taken from ${stamp(first)} to ${stamp(last)}.`);
  if (duplicates > 0) console.log(`${duplicates} of them were there already and count once.`);
  if (empty > 0) console.log(`${empty} files were empty.`);
  if (refused.length === 0) return;
  console.error(`${refused.length} were refused:`);
  for (const { file, why } of refused.slice(0, REFUSALS_SHOWN)) console.error(`  ${file}: ${why}`);
  if (refused.length > REFUSALS_SHOWN) console.error(`  and ${refused.length - REFUSALS_SHOWN} more`);
}

const stamp = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(".000", "");
