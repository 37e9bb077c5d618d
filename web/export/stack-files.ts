// Stacks as profiles: the server's own where there is one (with lines and files, nothing cut off), else made of the drawn graph.
import { pprofOfGraph, treeOfGraph } from "../../src/adhoc/tree-of-graph.ts";
import { encodeCollapsed } from "../../src/flame/collapsed.ts";
import { pathOf } from "../../src/view/zoom.ts";
import type { ExportMoment } from "../panel/panel-options.ts";
import type { ExportSubject, StackFormat } from "./export-subject.ts";

export async function stacksOf(
  { graph, stacks }: ExportSubject,
  { data, focus }: ExportMoment,
  format: StackFormat,
  side: 0 | 1,
): Promise<Uint8Array<ArrayBuffer>> {
  if (stacks) {
    const bytes = await stacks(format, side, pathOf(data.model, focus));
    return format === "pprof" ? gzipped(bytes) : bytes;
  }
  const tree = treeOfGraph(data.model, side, focus);
  if (format === "collapsed") return new TextEncoder().encode(encodeCollapsed(tree));
  const { units, sampleRate } = graph.metadata;
  const { from, until } = side === 1 ? (graph.compared ?? {}) : graph;
  return gzipped(pprofOfGraph(tree, { label: graph.label, units, sampleRate, from, until }));
}

async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
