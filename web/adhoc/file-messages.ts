// What a page and the worker that holds one of its files say to each other.
//
//   page                          worker
//   read(file)        ──────▶
//                     ◀──────     reading(bytes) … decoding, then read(facts, first graph) or failed
//   graph | tree | difference ─▶
//                     ◀──────     answer(id) or refused(id)
//
// The file's trees stay in the worker: the page gets as much of them as it draws.

import type { GraphNaming } from "../../src/adhoc/file-graph.ts";
import type { AdhocFormat } from "../../src/adhoc/sniff.ts";
import type { ShareGraph } from "../../src/api/share.ts";
import type { ErrorCode } from "../../src/lib/app-error.ts";

export interface GraphFacts {
  /** The profile type. */
  readonly label: string;
  readonly units: string;
  /** Samples per second. */
  readonly sampleRate: number;
  /** In its units; of a difference both sides together. */
  readonly total: number;
  /** The file holds a difference of two profiles. */
  readonly isDifference: boolean;
}

export interface FileFacts {
  readonly format: AdhocFormat;
  /** At least one. */
  readonly graphs: readonly GraphFacts[];
  /** What of the file was left out or mended. */
  readonly notes: readonly string[];
}

/** Why a file can't be shown, or not as it was asked for. */
export interface FileFailure {
  /** unreadable: the browser does not get at its bytes. crashed: the worker is no more. */
  readonly code: ErrorCode | "empty" | "unreadable" | "crashed";
  readonly message: string;
  /** Name of the limit that was passed, as in config.ts. */
  readonly limit: string | null;
  /** What the file was taken for; null when it did not come so far. */
  readonly format: AdhocFormat | null;
}

/** A tree that went from one worker to another. */
export interface SentTree {
  readonly naming: GraphNaming;
  readonly names: readonly string[];
  readonly parent: Int32Array<ArrayBuffer>;
  readonly name: Int32Array<ArrayBuffer>;
  /** Self values: high[i] * 2^52 + low[i]. */
  readonly low: Float64Array<ArrayBuffer>;
  readonly high: Float64Array<ArrayBuffer> | null;
}

export type FileQuestion =
  | { readonly kind: "graph"; readonly graph: number; readonly mostNodes: number }
  | { readonly kind: "tree"; readonly graph: number }
  | { readonly kind: "difference"; readonly graph: number; readonly other: SentTree; readonly mostNodes: number };

export type ToFileWorker =
  | { readonly kind: "read"; readonly file: Blob; readonly name: string }
  | { readonly kind: "question"; readonly id: number; readonly question: FileQuestion };

export type FromFileWorker =
  | { readonly kind: "reading"; readonly bytes: number }
  | { readonly kind: "decoding" }
  | { readonly kind: "read"; readonly facts: FileFacts; readonly first: ShareGraph }
  | { readonly kind: "failed"; readonly failure: FileFailure }
  | { readonly kind: "answer"; readonly id: number; readonly value: ShareGraph | SentTree }
  | { readonly kind: "refused"; readonly id: number; readonly failure: FileFailure };
