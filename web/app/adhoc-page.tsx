// Flame graphs of files that nobody but this browser has seen: dropped or chosen, decoded in a worker, compared in pairs.
import { createRoot, createSignal, type JSX, Match, onCleanup, onMount, Show, Switch } from "solid-js";
import type { ShareGraph } from "../../src/api/share.ts";
import { keepSpare } from "../adhoc/file-worker.ts";
import { MOST_SIZE_TEXT, titleOf } from "../state/adhoc-text.ts";
import type { Side } from "../state/page-state.ts";
import { AdhocFormats, ChooseFiles, DropNote, listenForFiles, SecondFile } from "./adhoc-drop.tsx";
import { AdhocHidden } from "./adhoc-hidden.tsx";
import { type AdhocModel, createAdhocModel } from "./adhoc-model.ts";
import { AdhocTools } from "./adhoc-tools.tsx";
import type { AppModel } from "./app-model.ts";
import { FileCard } from "./file-card.tsx";
import { FlameSkeleton, FlameView } from "./flame-view.tsx";
import { Icon } from "./icons.tsx";
import type { OpenFile } from "./open-file.ts";
import "./adhoc-page.css";

/** As long as the document: other views may be looked at meanwhile. */
let kept: AdhocModel | null = null;

export function AdhocPage(props: { readonly app: AppModel }): JSX.Element {
  kept ??= createRoot(() => createAdhocModel());
  const model = kept;
  const { files, layout, difference } = model;
  const [over, setOver] = createSignal<Side | "page" | null>(null);
  onMount(() => {
    onCleanup(listenForFiles(setOver, open));
    keepSpare();
  });
  followShown(props.app, model);

  function open(chosen: readonly File[], aimed: Side | null): void {
    if (chosen.length === 0) return;
    model.open(chosen, aimed);
    // What was pressed may be gone.
    queueMicrotask(() => document.getElementById(cardId(aimed ?? (files().right ? "right" : "left")))?.focus());
  }
  function close(side: Side): void {
    model.close(side);
    queueMicrotask(() => document.getElementById(files().left ? cardId("left") : "adhoc-choose")?.focus());
  }
  const card = (side: Side) => (
    <Show when={files()[side]} keyed>
      {(file) => (
        <FileCard
          id={cardId(side)}
          side={files().right === null ? null : side}
          place={side}
          file={file}
          isOver={over() === side}
          onChoose={(graph) => model.choose(side, graph)}
          onReplace={(chosen) => open(chosen, side)}
          onClose={() => close(side)}
        />
      )}
    </Show>
  );
  const isDrawn = () => files().left?.graph() !== null;

  return (
    <div class="ef-adhoc">
      <DropNote over={over()} files={files()} />
      <Show when={files().left !== null} fallback={<Empty onFiles={(chosen) => open(chosen, null)} />}>
        <Show when={layout() !== "comparison"}>
          <div class="ef-columns">
            {card("left")}
            <Show
              when={files().right !== null}
              fallback={
                <Show when={layout() === "single" && isDrawn()}>
                  <SecondFile isOver={over() === "right"} onFiles={(chosen) => open(chosen, "right")} />
                </Show>
              }
            >
              {card("right")}
            </Show>
          </div>
        </Show>
        <Show when={files().right !== null || isDrawn()}>
          <AdhocTools model={model} />
        </Show>
        <Switch>
          <Match when={layout() === "comparison"}>
            <div class="ef-columns">
              <section class="ef-side" data-side="A" aria-label="A: Baseline">
                {card("left")}
                <Show when={files().left} keyed>
                  {(file) => <FileGraphView model={model} side="left" file={file} />}
                </Show>
              </section>
              <section class="ef-side" data-side="B" aria-label="B: Comparison">
                {card("right")}
                <Show when={files().right} keyed>
                  {(file) => <FileGraphView model={model} side="right" file={file} />}
                </Show>
              </section>
            </div>
          </Match>
          <Match when={files().right !== null}>
            <FlameSkeleton loading={difference.busy() && difference.graph() === null} />
            <GraphView
              model={model}
              side={null}
              label="Difference of both files"
              graph={difference.graph()}
              busy={difference.busy()}
              mostNodes={difference.mostNodes()}
              onMore={difference.showMore}
            />
          </Match>
          <Match when={files().left} keyed>
            {(file) => <FileGraphView model={model} side={null} file={file} />}
          </Match>
        </Switch>
      </Show>
    </div>
  );
}

const cardId = (side: Side): string => `adhoc-${side}`;

/** What Share takes: the graphs that are on the page, and how they are looked at. */
function followShown({ shown }: AppModel, { files, layout, looks, difference }: AdhocModel): void {
  const named = (graph: ShareGraph | null | undefined, name: string) => {
    if (!graph) return null;
    const source = graph;
    return { source: { ...source, metadata: { ...source.metadata, name } }, asked: null, compared: null };
  };
  const nameOf = (file: OpenFile | null) => {
    const state = file?.state();
    return file && state?.kind === "ready" ? titleOf(file.name, state.facts, file.chosen()) : "";
  };
  const ofFile = (side: Side) => named(files()[side]?.graph(), nameOf(files()[side]));
  shown.follow("left", () => (layout() === "comparison" ? ofFile("left") : null));
  shown.follow("right", () => (layout() === "comparison" ? ofFile("right") : null));
  shown.follow(null, () => {
    if (layout() === "comparison") return null;
    if (files().right === null) return ofFile("left");
    return named(difference.graph(), [nameOf(files().left), nameOf(files().right)].join(" → "));
  });
  shown.followLooks(looks);
}

function Empty(props: { onFiles: (files: readonly File[]) => void }): JSX.Element {
  return (
    <section class="ef-card ef-file-drop ef-file-first" aria-labelledby="adhoc-empty">
      <h2 id="adhoc-empty">Look at a profile of your own</h2>
      <p>Drop a file here, or two to compare them.</p>
      <ChooseFiles id="adhoc-choose" kind="main" text="Choose files…" onFiles={props.onFiles} />
      <p class="ef-file-private">
        <Icon name="lock" />
        It is read in this browser, and forgotten when the page is closed. Nothing of it is sent anywhere until you
        press Share.
      </p>
      <AdhocFormats />
      <p class="ef-quiet">Each as it is or gzipped, up to {MOST_SIZE_TEXT}.</p>
    </section>
  );
}

/** A file's own graph; `side` null where it is the only one. */
function FileGraphView(props: { model: AdhocModel; side: Side | null; file: OpenFile }): JSX.Element {
  const { file } = props;
  return (
    <GraphView
      model={props.model}
      side={props.side}
      label={`Flame graph of ${file.name}`}
      graph={file.graph()}
      busy={file.busy()}
      mostNodes={file.mostNodes()}
      onMore={file.showMore}
    />
  );
}

function GraphView(props: {
  model: AdhocModel;
  side: Side | null;
  label: string;
  graph: ShareGraph | null;
  busy: boolean;
  mostNodes: number;
  onMore: () => void;
}): JSX.Element {
  return (
    <Show when={props.graph !== null}>
      <AdhocHidden graph={props.graph} mostNodes={props.mostNodes} onMore={props.onMore} />
      <FlameView
        label={props.label}
        {...(props.side !== null && { side: props.side === "left" ? ("A" as const) : ("B" as const) })}
        source={props.graph}
        stale={props.busy}
        state={props.model.panel(props.side)}
        onState={(next) => props.model.setPanel(props.side, next)}
        onExpand={() => props.onMore()}
        exports={() => props.graph && { graph: props.graph, up: "./" }}
      />
    </Show>
  );
}
