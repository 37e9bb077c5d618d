// Both sides merged into one flame graph, coloured by how shares changed.
import { createMemo, type JSX, Show } from "solid-js";
import type { RenderDiffResponse } from "../../src/api/render-diff.ts";
import { valueFormat } from "../../src/view/format.ts";
import { requestPath } from "../api/client.ts";
import { createLoad } from "../api/load.ts";
import { doubleSource, panelState, withPanelState } from "../state/panel-state.ts";
import type { AppModel } from "./app-model.ts";
import { createCompare } from "./compare-model.ts";
import { CompareTimeline } from "./compare-timeline.tsx";
import { EmptyCase } from "./empty-case.tsx";
import { exportSubject } from "./export-subject.ts";
import { FlameSkeleton, FlameView } from "./flame-view.tsx";
import { expand, HiddenNodes } from "./hidden-nodes.tsx";
import { ErrorNotice } from "./notices.tsx";
import { shownDiff } from "./shown-graphs.ts";
import { SideCard } from "./side-card.tsx";

export function DiffPage(props: { app: AppModel; query: string }): JSX.Element {
  const { app } = props;
  const { state, store } = app;
  const compare = createCompare(app, () => props.query);
  const path = createMemo(() => {
    const [left, right] = [compare.left.range(), compare.right.range()];
    return requestPath("render-diff", {
      leftQuery: compare.left.query(),
      leftFrom: left.from,
      leftUntil: left.until,
      rightQuery: compare.right.query(),
      rightFrom: right.from,
      rightUntil: right.until,
      "max-nodes": state().maxNodes,
      focus: state().focus,
      format: "json",
    });
  });
  const load = createLoad<RenderDiffResponse>(path, app.tick);
  const aggregation = () => compare.left.load.value()?.edgeflame.aggregation ?? "sum";
  const nothing = () => load.value()?.flamebearer.numTicks === 0;
  const source = createMemo(() => {
    const answer = load.value();
    return answer === null || answer.flamebearer.numTicks === 0 ? null : doubleSource(answer, aggregation());
  });
  app.shown.follow(null, () => shownDiff(source(), load));
  const short = (value: number) => {
    const answer = load.value();
    return answer === null ? "" : valueFormat({ ...answer.metadata, aggregation: aggregation() }).short(value);
  };
  const total = (ticks: "leftTicks" | "rightTicks") => {
    const answer = load.value();
    return answer === null ? null : short(answer[ticks]);
  };
  const stale = () => load.loading() && load.valuePath() !== path();

  return (
    <>
      <div class="ef-progress" data-busy={load.loading() || compare.loading()} />
      <CompareTimeline app={app} compare={compare} />
      <div class="ef-columns">
        <section class="ef-side" data-side="A" aria-label="A: Baseline">
          <SideCard
            app={app}
            model={compare.left}
            total={total("leftTicks")}
            covered={stale() ? null : (load.value()?.edgeflame.left ?? null)}
          />
          <Show when={load.value()?.leftTicks === 0}>
            <EmptyCase
              app={app}
              query={compare.left.query()}
              range={compare.left.range()}
              facts={compare.left.load.value()?.edgeflame ?? null}
              side="left"
            />
          </Show>
        </section>
        <section class="ef-side" data-side="B" aria-label="B: Comparison">
          <SideCard
            app={app}
            model={compare.right}
            total={total("rightTicks")}
            covered={stale() ? null : (load.value()?.edgeflame.right ?? null)}
          />
          <Show when={load.value()?.rightTicks === 0}>
            <EmptyCase
              app={app}
              query={compare.right.query()}
              range={compare.right.range()}
              facts={compare.right.load.value()?.edgeflame ?? null}
              side="right"
            />
          </Show>
        </section>
      </div>
      <Show when={load.failure()}>
        {(failure) => <ErrorNotice what="The diff" failure={failure()} onRetry={load.retry} />}
      </Show>
      <FlameSkeleton loading={load.loading() && load.value() === null} />
      <Show when={source() !== null && !nothing()}>
        <Show when={load.value()}>
          {(answer) => (
            <HiddenNodes
              app={app}
              side={null}
              facts={answer().edgeflame}
              ticks={answer().flamebearer.numTicks}
              focusTicks={(answer().edgeflame.focus?.leftTotal ?? 0) + (answer().edgeflame.focus?.rightTotal ?? 0)}
              short={short}
            />
          )}
        </Show>
        <section aria-label="Diff flame graph and table">
          <FlameView
            label="Diff flame graph"
            source={source()}
            stale={stale()}
            state={panelState(state(), null)}
            onState={(next, how) => store.update((before) => withPanelState(before, null, next), how)}
            onExpand={(path) => expand(app, null, path)}
            exports={() => exportSubject(app.shown.all().whole, app.state().maxNodes)}
          />
        </section>
      </Show>
    </>
  );
}
