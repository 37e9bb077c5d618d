// What readers ask, in the form that every Pyroscope-compatible server of today understands (/pyroscope/render).
const TYPE = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

export interface Question {
  readonly name: string;
  /** Path and query over [fromS, untilS), unix seconds. */
  path(app: string, fromS: number, untilS: number): string;
}

const selector = (app: string, more = "") => `${TYPE}{service_name="${app}"${more}}`;

const render =
  (more: string, extra: Record<string, string> = {}): Question["path"] =>
  (app, fromS, untilS) => {
    const range = { from: `${fromS * 1000}`, until: `${untilS * 1000}` };
    return `/pyroscope/render?${new URLSearchParams({ query: selector(app, more), ...range, format: "json", ...extra })}`;
  };

export const QUESTIONS: readonly Question[] = [
  { name: "whole app", path: render("") },
  { name: "one label", path: render(',region="us-west-1"') },
  { name: "regex", path: render(',vehicle=~"b.+|car"') },
  { name: "group-by timeline", path: render("", { groupBy: "region" }) },
  {
    name: "diff of halves",
    path(app, fromS, untilS) {
      const middleS = fromS + Math.floor((untilS - fromS) / 20) * 10;
      const side = (name: string, beginS: number, endS: number) => ({
        [`${name}Query`]: selector(app),
        [`${name}From`]: `${beginS * 1000}`,
        [`${name}Until`]: `${endS * 1000}`,
      });
      const query = { ...side("left", fromS, middleS), ...side("right", middleS, untilS), format: "json" };
      return `/pyroscope/render-diff?${new URLSearchParams(query)}`;
    },
  },
];
