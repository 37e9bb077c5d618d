// Two flame graphs side by side, each with its own query and range.
import { createMemo, type JSX, Show } from "solid-js";
import type { RenderResponse } from "../../src/api/render.ts";
import { valueFormat } from "../../src/view/format.ts";
import { requestPath } from "../api/client.ts";
import { createLoad } from "../api/load.ts";
import { linkedSearch } from "../state/page-state.ts";
import { panelState, singleSource, withPanelState } from "../state/panel-state.ts";
import type { AppModel } from "./app-model.ts";
import { type CompareSideModel, createCompare } from "./compare-model.ts";
import { CompareTimeline } from "./compare-timeline.tsx";
import { EmptyCase } from "./empty-case.tsx";
import { exportSubject } from "./export-subject.ts";
import { FlameSkeleton, FlameView } from "./flame-view.tsx";
import { expand, HiddenNodes } from "./hidden-nodes.tsx";
import { ErrorNotice } from "./notices.tsx";
import { isQueryFailure } from "./query-bar.tsx";
import { shownSingle } from "./shown-graphs.ts";
import { SideCard } from "./side-card.tsx";

export function ComparisonPage(props: { app: AppModel; query: string }): JSX.Element {
  const { app } = props;
  const compare = createCompare(app, () => props.query);
  return (
    <>
      <div class="ef-progress" data-busy={compare.loading()} />
      <CompareTimeline app={app} compare={compare}>
        <label class="ef-label">
          <input
            type="checkbox"
            checked={app.state().searchLinked}
            onChange={(event) => app.store.update(linkedSearch(event.currentTarget.checked), "push")}
          />
          One search for both
        </label>
      </CompareTimeline>
      <div class="ef-columns">
        <SideColumn app={app} model={compare.left} />
        <SideColumn app={app} model={compare.right} />
      </div>
    </>
  );
}

function SideColumn(props: { app: AppModel; model: CompareSideModel }): JSX.Element {
  const { app, model } = props;
  const path = createMemo(() => {
    const { from, until } = model.range();
    return requestPath("render", {
      query: model.query(),
      from,
      until,
      "max-nodes": app.state().maxNodes,
      focus: app.state()[model.side].focus,
      format: "json",
    });
  });
  const load = createLoad<RenderResponse>(path, app.tick);
  const empty = () => load.value()?.flamebearer.numTicks === 0;
  const source = createMemo(() => {
    const answer = load.value();
    return answer === null || answer.flamebearer.numTicks === 0 ? null : singleSource(answer);
  });
  app.shown.follow(model.side, () => shownSingle(source(), load));
  const short = (value: number) => {
    const answer = load.value();
    if (answer === null) return "";
    return valueFormat({ ...answer.metadata, aggregation: answer.edgeflame.aggregation }).short(value);
  };
  const total = () => {
    const answer = load.value();
    return answer === null ? null : short(answer.flamebearer.numTicks);
  };
  const stale = () => load.loading() && load.valuePath() !== path();
  return (
    <section class="ef-side" data-side={model.letter} aria-label={`${model.letter}: ${model.name}`}>
      <SideCard app={app} model={model} total={total()} covered={stale() ? null : (load.value()?.edgeflame ?? null)} />
      <div class="ef-progress" data-busy={load.loading()} />
      <Show when={load.failure()}>
        {(failure) => (
          <Show when={!isQueryFailure(failure())}>
            <ErrorNotice what={`The ${model.name.toLowerCase()} profile`} failure={failure()} onRetry={load.retry} />
          </Show>
        )}
      </Show>
      <Show when={empty()}>
        <EmptyCase
          app={app}
          query={model.query()}
          range={model.range()}
          facts={load.value()?.edgeflame ?? null}
          side={model.side}
        />
      </Show>
      <FlameSkeleton loading={load.loading() && load.value() === null} />
      <Show when={source() !== null}>
        <Show when={load.value()}>
          {(answer) => (
            <HiddenNodes
              app={app}
              side={model.side}
              facts={answer().edgeflame}
              ticks={answer().flamebearer.numTicks}
              focusTicks={answer().edgeflame.focus?.total ?? 0}
              short={short}
            />
          )}
        </Show>
        <FlameView
          label={`${model.name} flame graph`}
          side={model.letter}
          source={source()}
          stale={stale()}
          state={panelState(app.state(), model.side)}
          onState={(next, how) => app.store.update((before) => withPanelState(before, model.side, next), how)}
          onExpand={(focus) => expand(app, model.side, focus)}
          exports={() => exportSubject(app.shown.all()[model.side], app.state().maxNodes)}
        />
      </Show>
    </section>
  );
}
