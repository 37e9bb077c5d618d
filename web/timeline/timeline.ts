// The timeline chart: slots as steps, gaps left open, drag to choose a range, ranges of a comparison with edges to drag.
// A thin layer over uPlot, which brings axes, scales, the drag rectangle and the crosshair that charts share.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { axisTexts } from "../state/time-text.ts";
import { createBands } from "./bands.ts";
import { createCursorKeys } from "./cursor-keys.ts";
import { createMarks } from "./marks.ts";
import "./marks.css";
import { drawGaps, drawShed, slotPaths } from "./slot-paths.ts";
import { type BandSide, snapped, type TimelineModel } from "./timeline-model.ts";
import { createTooltip } from "./tooltip.ts";
import { axisText } from "./value-steps.ts";

export interface TimelineOptions {
  /** Accessible name. */
  readonly label: string;
  /** Charts with the same key share their crosshair. */
  readonly syncKey: string;
  /** A range was dragged or selected by keys. Whole slots, unix seconds. */
  readonly onRange: (from: number, until: number) => void;
  readonly onBand: (side: BandSide, from: number, until: number) => void;
  /** The context menu was asked for, at a moment. Null: the browser's own. */
  readonly onMoment: ((seconds: number) => void) | null;
}

export interface TimelineChart {
  set(model: TimelineModel): void;
  destroy(): void;
}

const AXIS_FONT = "11px system-ui, sans-serif";
/** Shorter drags are clicks that slipped. */
const LEAST_DRAG_PX = 4;

/** As a canvas takes it: custom properties may be written in any way CSS allows. */
function computedColour(host: HTMLElement, colour: string): string {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = colour;
  host.append(probe);
  const computed = getComputedStyle(probe).color;
  probe.remove();
  return computed;
}

export function createTimeline(host: HTMLElement, first: TimelineModel, options: TimelineOptions): TimelineChart {
  let model = first;
  const colour = (name: string) => computedColour(host, `var(${name})`);
  const over = document.createElement("div");
  over.className = "tl-over";
  const tooltip = createTooltip(over);
  const bands = createBands(over, options.onBand);
  const keys = createCursorKeys(over, options.label, {
    onMove: (slot) => tooltip.showSlot(model, slot),
    onLeave: () => tooltip.hide(),
    onRange: options.onRange,
  });
  const marks = createMarks(over, {
    onShow: (chosen) => tooltip.showMarks(model, chosen),
    onHide: () => tooltip.hide(),
  });
  let chart = build();

  function build(): uPlot {
    const made = new uPlot(chartOptions(), chartData(), host);
    made.over.append(over);
    made.over.addEventListener("contextmenu", (event) => {
      if (options.onMoment === null) return;
      event.preventDefault();
      const { left, width } = made.over.getBoundingClientRect();
      const pointed = model.from + ((event.clientX - left) / width) * (model.until - model.from);
      // The key of that name, or Shift+F10, means where the keyboard's cursor is.
      const isOfKeys = event.button !== 2;
      options.onMoment(Math.round((isOfKeys ? keys.moment() : null) ?? pointed));
    });
    return made;
  }

  function chartData(): uPlot.AlignedData {
    const times = Array.from({ length: model.slotCount }, (_none, slot) => model.startTime + slot * model.slotSeconds);
    return [times, ...model.series.map(({ values }) => [...values])];
  }

  function chartOptions(): uPlot.Options {
    const { width, height } = host.getBoundingClientRect();
    const axis = { stroke: () => colour("--ef-text-2"), font: AXIS_FONT, ticks: { show: false } };
    const grid = { stroke: () => colour("--ef-grid"), width: 1 };
    return {
      width: Math.max(50, Math.floor(width)),
      height: Math.max(40, Math.floor(height)),
      // Half of a label with seconds, which stands under the last tick.
      padding: [8, 30, 0, 0],
      legend: { show: false },
      tzDate: (seconds) =>
        model.zone === "utc" ? uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC") : new Date(seconds * 1000),
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG_PX },
        sync: {
          key: options.syncKey,
          setSeries: false,
          scales: ["x", null],
          // Only the crosshair is shared: a range dragged here is not dragged there.
          filters: { pub: (type) => type === "mousemove" || type === "mouseleave" },
        },
      },
      scales: {
        x: { time: true, range: () => [model.from, model.until] },
        y: { range: (_chart, _low, high) => [0, high > 0 ? high * 1.08 : 1] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 26,
          gap: 8,
          values: (_c, ticks, _a, _s, step) => axisTexts(ticks, step, model.zone),
        },
        {
          ...axis,
          grid,
          size: 64,
          gap: 6,
          space: 24,
          incrs: () => [...model.valueSteps],
          values: (_c, ticks) => ticks.map((tick) => (hasData() ? axisText(model.formatValue(tick)) : "")),
        },
      ],
      series: [
        {},
        ...model.series.map(({ colour: name, style }) => ({
          stroke: () => colour(name),
          ...(style === "area"
            ? { fill: () => computedColour(host, `color-mix(in srgb, var(${name}) 22%, transparent)`) }
            : {}),
          ...(style === "dashed" ? { dash: [4, 3] } : {}),
          width: 1.5,
          points: { show: false },
          paths: slotPaths(() => model.slotSeconds),
        })),
      ],
      hooks: {
        // Both below the curves, which stay readable.
        drawClear: [
          (drawn) => drawGaps(drawn, model, colour("--ef-grid")),
          (drawn) => drawShed(drawn, model, colour("--ef-text-2")),
        ],
        setCursor: [hover],
        setSelect: [select],
      },
    };
  }

  /** An empty axis has no scale: its numbers would be made up. */
  const hasData = () => model.series.some(({ values }) => values.some((value) => value !== null));

  function hover({ over: plot, cursor, posToVal }: uPlot): void {
    const left = cursor.left ?? -1;
    // The crosshair is shared with other charts; the box is shown where the pointer is.
    if (plot.matches(":hover")) tooltip.showTime(model, left < 0 ? null : posToVal(left, "x"));
    else tooltip.hide();
  }

  function select(selected: uPlot): void {
    const { left, width } = selected.select;
    if (width < LEAST_DRAG_PX) return;
    const range = snapped(model, selected.posToVal(left, "x"), selected.posToVal(left + width, "x"));
    selected.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    options.onRange(range.from, range.until);
  }

  function repaint(): void {
    chart.redraw(true, true);
  }

  const resized = new ResizeObserver(([entry]) => {
    const { width = 0, height = 0 } = entry?.contentRect ?? {};
    if (width <= 50 || height <= 40) return;
    chart.setSize({ width: Math.floor(width), height: Math.floor(height) });
    marks.set(model);
  });
  resized.observe(host);
  const themed = new MutationObserver(repaint);
  themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const darkness = matchMedia("(prefers-color-scheme: dark)");
  darkness.addEventListener("change", repaint);
  show();

  function show(): void {
    bands.set(model);
    keys.set(model);
    marks.set(model);
  }

  return {
    set(next) {
      const sameSeries = next.series.map(look).join() === model.series.map(look).join();
      model = next;
      if (sameSeries) {
        chart.setData(chartData(), true);
      } else {
        chart.destroy();
        chart = build();
      }
      show();
    },
    destroy() {
      resized.disconnect();
      themed.disconnect();
      darkness.removeEventListener("change", repaint);
      chart.destroy();
    },
  };
}

const look = ({ colour, style }: TimelineModel["series"][number]) => colour + style;
