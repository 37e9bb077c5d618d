// The difference of two open files: the second one's tree is brought to the first one's worker.
import { type Accessor, batch, createEffect, createMemo, createSignal, on } from "solid-js";
import { USUAL_NODES } from "../../src/adhoc/limits.ts";
import type { ShareGraph } from "../../src/api/share.ts";
import type { FileFailure } from "../adhoc/file-messages.ts";
import type { Outcome } from "../adhoc/file-worker.ts";
import { type AdhocLayout, differenceProblem } from "../state/adhoc-choice.ts";
import { moreNodes } from "../state/page-state.ts";
import type { OpenFile } from "./open-file.ts";

export interface Difference {
  /** As it was drawn last; null until it is. */
  readonly graph: Accessor<ShareGraph | null>;
  readonly busy: Accessor<boolean>;
  /** Why the two that are chosen have none. */
  readonly problem: Accessor<string | null>;
  readonly failure: Accessor<FileFailure | null>;
  readonly mostNodes: Accessor<number>;
  showMore(): void;
}

interface Pair {
  readonly left: OpenFile;
  readonly right: OpenFile;
  /** Which graphs of them. */
  readonly graphs: readonly [number, number];
  readonly mostNodes: number;
}

/** To be called where effects are owned. */
export function createDifference(
  files: Accessor<{ readonly left: OpenFile | null; readonly right: OpenFile | null }>,
  layout: Accessor<AdhocLayout>,
): Difference {
  const [graph, setGraph] = createSignal<ShareGraph | null>(null);
  const [busy, setBusy] = createSignal(false);
  const [failure, setFailure] = createSignal<FileFailure | null>(null);
  const [mostNodes, setMostNodes] = createSignal(USUAL_NODES);
  const shown = createMemo(() => {
    const { left, right } = files();
    const [a, b] = [left?.shown(), right?.shown()];
    return a && b ? { a, b } : null;
  });
  const problem = createMemo(() => {
    const both = shown();
    return both === null ? null : differenceProblem(both.a, both.b);
  });
  const pair = createMemo((): Pair | null => {
    const { left, right } = files();
    if (layout() !== "diff" || left === null || right === null || shown() === null || problem() !== null) return null;
    return { left, right, graphs: [left.chosen(), right.chosen()], mostNodes: mostNodes() };
  });
  let asked = 0;
  createEffect(
    on(pair, (wanted, before) => {
      const mine = ++asked;
      batch(() => {
        setFailure(null);
        setBusy(wanted !== null);
        // Of other files nothing is shown meanwhile: it would stand under their names.
        if (wanted?.left !== before?.left || wanted?.right !== before?.right) setGraph(null);
      });
      if (wanted === null) return;
      void differenceOf(wanted).then((outcome) => {
        if (mine !== asked) return;
        batch(() => {
          setBusy(false);
          if (outcome.ok) setGraph(outcome.value);
          else setFailure(outcome.failure);
        });
      });
    }),
  );
  return { graph, busy, problem, failure, mostNodes, showMore: () => setMostNodes(moreNodes(mostNodes())) };
}

async function differenceOf({ left, right, graphs: [a, b], mostNodes }: Pair): Promise<Outcome<ShareGraph>> {
  const tree = await right.worker.tree(b);
  return tree.ok ? left.worker.difference(a, tree.value, mostNodes) : tree;
}
