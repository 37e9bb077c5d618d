// Group commit: uploads that come while a commit is due share it, and with it the cost of durability.
import { joined } from "./sql-bytes.ts";
import { encodeGroup } from "./upload-group.ts";

/** Bytes that may wait for their commit; more is refused, and the sender tries again. */
const MOST_QUEUED_BYTES = 32 * 1024 * 1024;
/** Bytes of one group. */
const GROUP_BYTES = 4 * 1024 * 1024;

export interface Commit {
  /** encodeGroup */
  readonly group: Uint8Array;
  readonly uploads: number;
  /** Entries of the uploads' ids. */
  readonly ids: Uint8Array;
}

interface Waiting {
  readonly batch: Uint8Array;
  readonly ids: Uint8Array;
  readonly shed: readonly number[];
  resolve(): void;
  reject(reason: unknown): void;
}

/**
 * Makes a batch and its ids (entries of lib/id-set.ts) durable, together with whatever waits.
 * @param shed slots of its uploads that were shed
 */
export type CommitUploads = (batch: Uint8Array, ids: Uint8Array, shed: readonly number[]) => Promise<void>;

/**
 * @param commit makes a group durable; throws when it can't
 * @param after runs once all that waited is committed
 */
export function commitQueue(commit: (commit: Commit) => void, after: () => void): CommitUploads {
  let queue: Waiting[] = [];
  let queuedBytes = 0;
  const flush = () => {
    const waiting = queue;
    queue = [];
    queuedBytes = 0;
    for (const group of groupsOf(waiting)) {
      try {
        const ids = joined(group.map((one) => one.ids));
        const batches = group.map(({ batch }) => batch);
        const shed = group.flatMap((one) => one.shed);
        commit({ group: encodeGroup(batches, ids, shed), uploads: group.length, ids });
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    after();
  };
  return (batch, ids, shed) =>
    new Promise((resolve, reject) => {
      if (queuedBytes > MOST_QUEUED_BYTES) throw new Error("too many bytes wait for their commit; try again");
      queuedBytes += batch.length;
      queue.push({ batch, ids, shed, resolve, reject });
      // The first of a group opens the door; whoever comes before it closes shares the commit.
      if (queue.length === 1) setTimeout(flush, 0);
    });
}

function* groupsOf(waiting: readonly Waiting[]): Generator<readonly Waiting[]> {
  let group: Waiting[] = [];
  let bytes = 0;
  for (const one of waiting) {
    if (group.length > 0 && bytes + one.batch.length > GROUP_BYTES) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(one);
    bytes += one.batch.length;
  }
  if (group.length > 0) yield group;
}
