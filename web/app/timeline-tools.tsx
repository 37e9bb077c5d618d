// Steps through time beside a timeline: earlier, later, and out.
import type { JSX } from "solid-js";
import type { TimeRange } from "../state/time-form.ts";
import { Icon } from "./icons.tsx";

export interface TimelineToolsProps {
  /** The range that is shown, unix seconds. */
  readonly from: number;
  readonly until: number;
  readonly nowSeconds: () => number;
  readonly onRange: (range: TimeRange) => void;
}

export function TimelineTools(props: TimelineToolsProps): JSX.Element {
  const span = () => props.until - props.from;
  function go(from: number, until: number): void {
    props.onRange({ from: String(Math.round(from)), until: String(Math.round(until)) });
  }
  const tool = (label: string, icon: "earlier" | "later" | "out", onClick: () => void) => (
    <button
      type="button"
      class="ef-button"
      data-kind="quiet"
      data-icon=""
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
  return (
    <>
      {tool("Earlier", "earlier", () => go(props.from - span() / 2, props.until - span() / 2))}
      {tool("Later", "later", () => go(props.from + span() / 2, props.until + span() / 2))}
      {tool("Longer range", "out", () => {
        const now = props.nowSeconds();
        const until = Math.min(Math.max(props.until, now), props.until + span() / 2);
        go(until - span() * 2, until);
      })}
    </>
  );
}
