// The empty state of the page or of one side, wired to the steps that lead out of it.
import type { JSX } from "solid-js";
import type { RenderFacts } from "../../src/api/render.ts";
import { emptyReasons, rangeAround } from "../state/empty-reason.ts";
import type { PageState, Side } from "../state/page-state.ts";
import { formatQuery, parseQuery } from "../state/query-text.ts";
import { isFilter } from "../state/selection.ts";
import type { TimeRange } from "../state/time-form.ts";
import type { AppModel } from "./app-model.ts";
import { InboxHint } from "./inbox-link.tsx";
import { EmptyNotice } from "./notices.tsx";

export interface EmptyCaseProps {
  readonly app: AppModel;
  readonly query: string;
  readonly range: TimeRange;
  readonly facts: RenderFacts | null;
  readonly side: Side | null;
}

const TITLES = { left: "Baseline: no data", right: "Comparison: no data", page: "No data" } as const;

export function EmptyCase(props: EmptyCaseProps): JSX.Element {
  const { app } = props;
  function change(part: { from: string; until: string } | { query: string }): void {
    const { side } = props;
    app.store.update(
      (state): PageState => (side === null ? { ...state, ...part } : { ...state, [side]: { ...state[side], ...part } }),
      "push",
    );
  }
  return (
    <EmptyNotice
      title={TITLES[props.side ?? "page"]}
      zone={app.zone()}
      reasons={emptyReasons({ ...pick(props), services: app.services(), nowSeconds: app.nowSeconds() })}
      hint={props.side === null ? <InboxHint app={app} /> : undefined}
      onJump={(lastSeen) => change(rangeAround(lastSeen, props.range, app.nowSeconds()))}
      onDropFilters={() => {
        const query = parseQuery(props.query);
        if (query === null) return;
        change({ query: formatQuery({ ...query, matchers: query.matchers.filter((each) => !isFilter(each)) }) });
      }}
      onRange={() =>
        change(props.range.from === "now-24h" ? { from: "now-30d", until: "now" } : { from: "now-24h", until: "now" })
      }
    />
  );
}

const pick = ({ query, range, facts }: EmptyCaseProps) => ({ query, range, facts });
