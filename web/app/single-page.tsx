// The single view: one query, its timeline, its flame graph.
import { createEffect, createMemo, createSignal, For, type JSX, Show } from "solid-js";
import type { RenderResponse } from "../../src/api/render.ts";
import type { TagsResponse } from "../../src/api/tags.ts";
import { valueFormat } from "../../src/view/format.ts";
import { requestPath } from "../api/client.ts";
import { createLoad } from "../api/load.ts";
import { panelState, singleSource, withPanelState } from "../state/panel-state.ts";
import { serverNow } from "../state/time-form.ts";
import { countedText } from "../state/time-text.ts";
import { groupLines, timelineOf } from "../timeline/timeline-build.ts";
import { AnnotationsButton } from "./annotations-button.tsx";
import type { AppModel } from "./app-model.ts";
import { CoveredNote } from "./covered-note.tsx";
import { EmptyCase } from "./empty-case.tsx";
import { exportSubject } from "./export-subject.ts";
import { FlameSkeleton, FlameView } from "./flame-view.tsx";
import { GroupLegend } from "./group-legend.tsx";
import { expand, HiddenNodes } from "./hidden-nodes.tsx";
import { ErrorNotice } from "./notices.tsx";
import { isQueryFailure, QueryBar } from "./query-bar.tsx";
import { ShedNote } from "./shed-note.tsx";
import { shownSingle } from "./shown-graphs.ts";
import { tagNames, tagsPath } from "./tag-filter.tsx";
import { TimelineTools } from "./timeline-tools.tsx";
import { TimelineView } from "./timeline-view.tsx";

export function SinglePage(props: { app: AppModel; query: string }): JSX.Element {
  const { app } = props;
  const { state, store } = app;
  const path = createMemo(() => {
    const { from, until, groupBy, maxNodes, focus } = state();
    const budget = { "max-nodes": maxNodes, focus };
    return requestPath("render", { query: props.query, from, until, ...budget, groupBy, format: "json" });
  });
  const load = createLoad<RenderResponse>(path, app.tick);
  const tags = createLoad<TagsResponse>(
    createMemo(() => tagsPath(props.query, state())),
    () => 0,
  );
  const groupNames = createMemo(() => {
    const names = tagNames(tags.value()?.tags);
    const chosen = state().groupBy;
    return chosen === null || names.includes(chosen) ? names : [chosen, ...names];
  });
  const [alone, setAlone] = createSignal<string | null>(null);
  const [annotate, setAnnotate] = createSignal<((seconds: number) => void) | null>(null);
  const label = () => app.selection()?.type.label ?? "Timeline";
  const model = createMemo(() => {
    const answer = load.value();
    return answer === null ? null : timelineOf(answer, label(), app.zone(), alone());
  });
  const format = createMemo(() => {
    const answer = load.value();
    return answer === null ? null : valueFormat({ ...answer.metadata, aggregation: answer.edgeflame.aggregation });
  });
  const stale = () => load.loading() && load.valuePath() !== path();
  const empty = () => load.value()?.flamebearer.numTicks === 0;
  // Kept apart from `load.value()`: a panel redraws when its source changes, not when anything does.
  const source = createMemo(() => {
    const answer = load.value();
    return answer === null || answer.flamebearer.numTicks === 0 ? null : singleSource(answer);
  });
  app.shown.follow(null, () => shownSingle(source(), load));
  createEffect(() => {
    const answer = load.value();
    if (answer === null || load.valuePath() !== path()) return;
    const now = Math.floor(Date.now() / 1000);
    app.setClockSkewSeconds(serverNow(state(), answer.edgeflame.until, answer.timeline.durationDelta, now) - now);
  });

  return (
    <>
      <div class="ef-progress" data-busy={load.loading()} />
      <QueryBar
        app={app}
        label="Query"
        query={props.query}
        range={state()}
        failure={load.failure()}
        onQuery={(query) => store.update({ query }, "push")}
      />
      <section class="ef-card ef-timeline" aria-label="Timeline">
        <div class="ef-bar">
          <h2>{label()}</h2>
          <Show when={format()}>
            {(found) => (
              <span class="ef-quiet">
                {found().title} {found().short(load.value()?.flamebearer.numTicks ?? 0)} ·{" "}
                {countedText(load.value()?.edgeflame.uploads ?? 0, "profile")}
              </span>
            )}
          </Show>
          <div class="ef-bar-end">
            <label class="ef-label">
              Group by
              <select
                class="ef-select"
                onChange={(event) => {
                  setAlone(null);
                  store.update({ groupBy: event.currentTarget.value || null }, "push");
                }}
              >
                <option value="" selected={state().groupBy === null}>
                  nothing
                </option>
                <For each={groupNames()}>
                  {(name) => (
                    <option value={name} selected={name === state().groupBy}>
                      {name}
                    </option>
                  )}
                </For>
              </select>
            </label>
            <Show when={model()}>
              {(shown) => (
                <span class="ef-bar">
                  <Show when={app.selection()}>
                    {(selected) => (
                      <AnnotationsButton
                        app={app}
                        service={selected().service.name}
                        annotations={load.value()?.annotations ?? []}
                        opener={(open) => setAnnotate(() => open)}
                      />
                    )}
                  </Show>
                  <TimelineTools
                    from={shown().from}
                    until={shown().until}
                    nowSeconds={app.nowSeconds}
                    onRange={(range) => store.update(range, "push")}
                  />
                </span>
              )}
            </Show>
          </div>
        </div>
        <TimelineView
          label={`${label()} timeline`}
          syncKey="page"
          model={model()}
          onRange={(from, until) => store.update({ from: String(from), until: String(until) }, "push")}
          onMoment={(seconds) => annotate()?.(seconds)}
        />
        <ShedNote shed={load.value()?.edgeflame.shed ?? []} />
        <CoveredNote app={app} range={state()} covered={stale() ? null : (load.value()?.edgeflame ?? null)} />
        <GroupLegend groups={groupLines(load.value())} alone={alone()} onAlone={setAlone} />
      </section>
      <Show when={load.failure()}>
        {(failure) => (
          <Show when={!isQueryFailure(failure())}>
            <ErrorNotice what="The profile" failure={failure()} onRetry={load.retry} />
          </Show>
        )}
      </Show>
      <Show when={empty()}>
        <EmptyCase app={app} query={props.query} range={state()} facts={load.value()?.edgeflame ?? null} side={null} />
      </Show>
      <FlameSkeleton loading={load.loading() && load.value() === null} />
      <Show when={source() !== null}>
        <Show when={load.value()}>
          {(answer) => (
            <HiddenNodes
              app={app}
              side={null}
              facts={answer().edgeflame}
              ticks={answer().flamebearer.numTicks}
              focusTicks={answer().edgeflame.focus?.total ?? 0}
              short={(value) => format()?.short(value) ?? String(value)}
            />
          )}
        </Show>
        <section aria-label="Flame graph and table">
          <FlameView
            label={`Flame graph of ${label()}`}
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
