// Makes one call to storage fail, or the whole process die there.
import { abortAllDurableObjects } from "cloudflare:test";
import { type StorageCall, watchStorage } from "./storage-hooks.ts";

/**
 *   fail before   the call throws and has not happened
 *   fail after    the call has happened and throws: an answer that is lost
 *   die before    the same, and nothing of any storage answers from then on, until the objects are started again
 *   die after
 */
export const FAULT_MODES = ["fail before", "fail after", "die before", "die after"] as const;
export type FaultMode = (typeof FAULT_MODES)[number];

export interface Fault {
  /** The number of the call, from 1; see isFaultPoint. */
  readonly at: number;
  readonly mode: FaultMode;
}

export interface FaultWatch {
  /** The calls so far, in words. */
  readonly calls: readonly string[];
  /** The call that failed, or null. */
  readonly hit: () => string | null;
  readonly isDown: () => boolean;
  /** The process is started again: its objects have only what is stored. */
  restart(): Promise<void>;
  stop(): void;
}

/**
 * What the test itself asks is none. Reads of an object's own database can't fail by themselves: what they are part of is
 * reached by its writes.
 */
const isFaultPoint = ({ store, name, statements, invocation }: StorageCall): boolean =>
  invocation !== undefined &&
  (store === "bucket" ||
    store === "catalog" ||
    (store === "sql" && (name === "transactionSync" || !isRead(statements[0]?.text))));

const isRead = (text = ""): boolean => /^\s*(select|create)\b/i.test(text);

const wordsOf = ({ store, name, statements, invocation }: StorageCall): string => {
  const what =
    statements.length === 1 ? statements[0]?.text.trim().split(/\s+/).slice(0, 3).join(" ").toLowerCase() : "";
  return `${invocation?.name ?? "?"}: ${store} ${name}${what === "" ? "" : ` ${what}`}`;
};

/** @param fault null: only counts */
export async function watchFaults(fault: Fault | null): Promise<FaultWatch> {
  const calls: string[] = [];
  let hit: { call: StorageCall; words: string } | null = null;
  let isDown = false;
  const fail = (words: string): never => {
    throw new Error(`injected: ${words}`);
  };
  const stop = await watchStorage({
    begin(call) {
      const isOfTest = call.invocation === undefined;
      if (isDown && !isOfTest && call.store !== "answer" && call.store !== "rpc") fail("storage is gone");
      if (!isFaultPoint(call)) return;
      calls.push(wordsOf(call));
      if (fault === null || calls.length !== fault.at) return;
      hit = { call, words: wordsOf(call) };
      if (fault.mode === "die before") isDown = true;
      if (fault.mode === "die before" || fault.mode === "fail before") fail(hit.words);
    },
    end(call) {
      if (fault === null || hit?.call !== call) return;
      if (fault.mode === "die after") isDown = true;
      if (fault.mode === "die after" || fault.mode === "fail after") fail(hit.words);
    },
  });
  return {
    calls,
    hit: () => hit?.words ?? null,
    isDown: () => isDown,
    async restart() {
      await abortAllDurableObjects();
      isDown = false;
    },
    stop,
  };
}
