// A file on the page: how far its worker is, which of its graphs is shown, and that graph.
import { type Accessor, batch, createSignal } from "solid-js";
import { USUAL_NODES } from "../../src/adhoc/limits.ts";
import type { ShareGraph } from "../../src/api/share.ts";
import type { FileFacts, FileFailure, GraphFacts } from "../adhoc/file-messages.ts";
import { type FileWorker, openFile } from "../adhoc/file-worker.ts";
import { moreNodes } from "../state/page-state.ts";

export type FileState =
  /** `bytes` of it are read; or of what it inflates to. */
  | { readonly kind: "reading"; readonly bytes: number }
  | { readonly kind: "decoding" }
  | { readonly kind: "failed"; readonly failure: FileFailure }
  | { readonly kind: "ready"; readonly facts: FileFacts };

export interface OpenFile {
  readonly name: string;
  readonly bytes: number;
  readonly worker: FileWorker;
  readonly state: Accessor<FileState>;
  /** Index of the graph that is shown, and what is known of it. */
  readonly chosen: Accessor<number>;
  readonly shown: Accessor<GraphFacts | null>;
  choose(graph: number): void;
  /** As it was drawn last; null until it is. */
  readonly graph: Accessor<ShareGraph | null>;
  /** Another one is on its way. */
  readonly busy: Accessor<boolean>;
  /** How many nodes are drawn at most. */
  readonly mostNodes: Accessor<number>;
  showMore(): void;
}

/** @param firstOf which of its graphs is shown first */
export function createOpenFile(file: File, firstOf: (facts: FileFacts) => number): OpenFile {
  const [state, setState] = createSignal<FileState>({ kind: "reading", bytes: 0 });
  const [chosen, setChosen] = createSignal(0);
  const [mostNodes, setMostNodes] = createSignal(USUAL_NODES);
  const [graph, setGraph] = createSignal<ShareGraph | null>(null);
  const [busy, setBusy] = createSignal(false);
  let asked = 0;

  const worker = openFile(file, file.name, {
    onReading: (bytes) => setState({ kind: "reading", bytes }),
    onDecoding: () => setState({ kind: "decoding" }),
    onFailed: (failure) => setState({ kind: "failed", failure }),
    onRead: (facts, first) =>
      batch(() => {
        const at = firstOf(facts);
        setChosen(at);
        setState({ kind: "ready", facts });
        if (at === 0) setGraph(first);
        else void draw();
      }),
  });

  async function draw(): Promise<void> {
    const mine = ++asked;
    setBusy(true);
    const outcome = await worker.graph(chosen(), mostNodes());
    // A later question takes its place.
    if (mine !== asked) return;
    batch(() => {
      setBusy(false);
      if (outcome.ok) setGraph(outcome.value);
      else setState({ kind: "failed", failure: outcome.failure });
    });
  }

  return {
    name: file.name,
    bytes: file.size,
    worker,
    state,
    chosen,
    shown: () => {
      const now = state();
      return now.kind === "ready" ? (now.facts.graphs[chosen()] ?? null) : null;
    },
    choose(at) {
      if (at === chosen()) return;
      setChosen(at);
      void draw();
    },
    graph,
    busy,
    mostNodes,
    showMore() {
      const more = moreNodes(mostNodes());
      if (more === mostNodes()) return;
      setMostNodes(more);
      void draw();
    },
  };
}
