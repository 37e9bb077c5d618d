// A file's trees, and what is asked about them: the part of the worker that knows of no worker.
import { type FileGraphs, readGraphs } from "../../src/adhoc/decode-file.ts";
import { differenceOf } from "../../src/adhoc/difference.ts";
import { drawGraph, type FileGraph, namingOf, totalOf, treeOf } from "../../src/adhoc/file-graph.ts";
import { BROWSER_LIMITS } from "../../src/adhoc/limits.ts";
import { type AdhocFormat, sniffFormat } from "../../src/adhoc/sniff.ts";
import type { ShareGraph } from "../../src/api/share.ts";
import type { MeasuredTree } from "../../src/flame/stack-tree.ts";
import { measure } from "../../src/flame/totals.ts";
import { AppError, invalidArgument } from "../../src/lib/app-error.ts";
import { WideSums } from "../../src/lib/wide-sums.ts";
import type { FileFacts, FileFailure, FileQuestion, SentTree } from "./file-messages.ts";
import { UnreadableFile } from "./read-bytes.ts";

/** @throws AppError malformed_profile, profile_too_large */
export const holdBytes = (bytes: Uint8Array, name: string): FileGraphs => readGraphs({ bytes, name }, BROWSER_LIMITS);

export function factsOf({ format, graphs, notes }: FileGraphs): FileFacts {
  return {
    format,
    notes,
    graphs: graphs.map((graph) => {
      const { label, units, sampleRate } = namingOf(graph);
      return { label, units, sampleRate, total: totalOf(graph), isDifference: isDifference(graph) };
    }),
  };
}

const isDifference = (graph: FileGraph): boolean => graph.kind === "drawn" && graph.graph.metadata.format === "double";

/** @throws AppError invalid_argument */
export function answerQuestion({ graphs }: FileGraphs, question: FileQuestion): ShareGraph | SentTree {
  const graph = graphs[question.graph];
  if (graph === undefined) throw invalidArgument(`the file has ${graphs.length} graphs`);
  switch (question.kind) {
    case "graph":
      return drawGraph(graph, question.mostNodes);
    case "tree":
      return sentTree(graph);
    case "difference": {
      const own = { naming: namingOf(graph), tree: treeOf(graph) };
      return differenceOf(
        own,
        { naming: question.other.naming, tree: receivedTree(question.other) },
        question.mostNodes,
      );
    }
  }
}

/** A copy, whose memory may be handed over. */
function sentTree(graph: FileGraph): SentTree {
  const { names, parent, name, self } = treeOf(graph);
  return {
    naming: namingOf(graph),
    names,
    parent: parent.slice(),
    name: name.slice(),
    low: self.lo.slice(),
    high: self.hi?.slice() ?? null,
  };
}

function receivedTree({ names, parent, name, low, high }: SentTree): MeasuredTree {
  const self = new WideSums(low.length);
  self.lo.set(low);
  self.hi = high;
  return measure({ names, parent, name, self });
}

export function failureOf(error: unknown, bytes: Uint8Array | null, name: string): FileFailure {
  const format: AdhocFormat | null = bytes === null ? null : sniffFormat(bytes, { name });
  if (error instanceof UnreadableFile)
    return { code: "unreadable", message: "the browser does not get at its bytes", limit: null, format };
  if (!(error instanceof AppError)) {
    const message = error instanceof Error ? error.message : "the decoder broke off";
    return { code: "crashed", message, limit: null, format };
  }
  return { code: error.code, message: error.message, limit: error.facts.limit ?? null, format };
}
