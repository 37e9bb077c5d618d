// What comparison and diff share: two queries and ranges inside one outer range, and their timelines.
import { type Accessor, createEffect, createMemo } from "solid-js";
import type { RenderResponse } from "../../src/api/render.ts";
import { requestPath } from "../api/client.ts";
import { createLoad, type Load } from "../api/load.ts";
import { type Side, sideQuery, sideRange } from "../state/page-state.ts";
import { resolveTime, serverNow, type TimeRange } from "../state/time-form.ts";
import { compareTimeline, sideTimeline } from "../timeline/timeline-build.ts";
import type { TimelineModel } from "../timeline/timeline-model.ts";
import type { AppModel } from "./app-model.ts";

export interface CompareSideModel {
  readonly side: Side;
  readonly letter: "A" | "B";
  readonly name: "Baseline" | "Comparison";
  readonly query: Accessor<string>;
  readonly range: Accessor<TimeRange>;
  /** The outer range under this side's query; its graph is not looked at. */
  readonly load: Load<RenderResponse>;
  readonly timeline: Accessor<TimelineModel | null>;
}

export interface CompareModel {
  readonly left: CompareSideModel;
  readonly right: CompareSideModel;
  readonly timeline: Accessor<TimelineModel | null>;
  readonly loading: Accessor<boolean>;
  /** A side's range lies outside of the outer one. */
  readonly outside: Accessor<boolean>;
  /** Stretches the outer range around both sides. */
  fit(): void;
}

export function createCompare(app: AppModel, pageQuery: Accessor<string>): CompareModel {
  const { state } = app;
  const query = (side: Side) => createMemo(() => sideQuery(state(), side) ?? pageQuery());
  const range = (side: Side) =>
    createMemo(() => sideRange(state(), side, app.nowSeconds()), undefined, {
      equals: (a, b) => a.from === b.from && a.until === b.until,
    });
  const [leftQuery, rightQuery] = [query("left"), query("right")];
  const [leftRange, rightRange] = [range("left"), range("right")];
  const same = createMemo(() => leftQuery() === rightQuery());
  const outer = (of: string) =>
    requestPath("render", { query: of, from: state().from, until: state().until, "max-nodes": 1, format: "json" });
  const leftPath = createMemo(() => outer(leftQuery()));
  const leftLoad = createLoad<RenderResponse>(leftPath, app.tick);
  const ownRight = createLoad<RenderResponse>(
    createMemo(() => (same() ? null : outer(rightQuery()))),
    app.tick,
  );
  // Both sides with one query: one request.
  const rightLoad: Load<RenderResponse> = {
    value: () => (same() ? leftLoad : ownRight).value(),
    valuePath: () => (same() ? leftLoad : ownRight).valuePath(),
    failure: () => (same() ? leftLoad : ownRight).failure(),
    loading: () => (same() ? leftLoad : ownRight).loading(),
    retry: () => (same() ? leftLoad : ownRight).retry(),
  };
  createEffect(() => {
    const answer = leftLoad.value();
    if (answer === null || leftLoad.valuePath() !== leftPath()) return;
    const now = Math.floor(Date.now() / 1000);
    app.setClockSkewSeconds(serverNow(state(), answer.edgeflame.until, answer.timeline.durationDelta, now) - now);
  });

  const own = (letter: "A" | "B", load: Load<RenderResponse>, of: Accessor<TimeRange>) =>
    createMemo(() => {
      const answer = load.value();
      return answer === null ? null : sideTimeline(letter, { answer, range: of() }, app.zone(), app.nowSeconds());
    });
  const bounds = createMemo(() => {
    const now = app.nowSeconds();
    const ends = (of: TimeRange) => ({ from: resolveTime(of.from, now), until: resolveTime(of.until, now) });
    const [whole, a, b] = [ends(state()), ends(leftRange()), ends(rightRange())];
    const [from, until] = [Math.min(a.from, b.from), Math.max(a.until, b.until)];
    return { from, until, outside: from < whole.from || until > whole.until };
  });

  return {
    left: {
      side: "left",
      letter: "A",
      name: "Baseline",
      query: leftQuery,
      range: leftRange,
      load: leftLoad,
      timeline: own("A", leftLoad, leftRange),
    },
    right: {
      side: "right",
      letter: "B",
      name: "Comparison",
      query: rightQuery,
      range: rightRange,
      load: rightLoad,
      timeline: own("B", rightLoad, rightRange),
    },
    timeline: createMemo(() => {
      const [a, b] = [leftLoad.value(), rightLoad.value()];
      if (a === null || b === null) return null;
      const [left, right] = [
        { answer: a, range: leftRange() },
        { answer: b, range: rightRange() },
      ];
      return compareTimeline(left, right, same(), app.zone(), app.nowSeconds());
    }),
    loading: () => leftLoad.loading() || rightLoad.loading(),
    outside: () => bounds().outside,
    fit: () => {
      const { from, until } = bounds();
      app.store.update({ from: String(from), until: String(until) }, "push");
    },
  };
}
