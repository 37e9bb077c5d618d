// Absurd questions: [what, path, statuses that are right]. Legal ones must be answered, the others refused.

const q = encodeURIComponent;
const APP = "hostile.cpu";
const TYPE = "process_cpu:samples:count:cpu:nanoseconds";
const ALL_TIME = "from=0&until=253402300799";

const nested = `${"(".repeat(5000)}a${")".repeat(5000)}`;
const selectors: readonly (readonly [string, string, number])[] = [
  ["a regex that backtracks", `r=~"(a+)+$"`, 200],
  ["a regex of nested repetition", `r=~"((a{1,100}){1,100}){1,100}"`, 400],
  ["a regex of 5000 groups", `r=~"${nested}"`, 400],
  ["a regex of 3000 choices", `r=~"${"a?".repeat(3000)}"`, 200],
  ["a regex that is open", `r=~"(a"`, 400],
  ["a look-behind", `r=~"(?<=a)b"`, 400],
  ["a matcher without a value", `r=`, 400],
  ["a matcher on the prototype", `__proto__="x"`, 200],
];

export const ABSURD: readonly (readonly [what: string, path: string, status: readonly number[]])[] = [
  ["all of time", `/render?query=${APP}&${ALL_TIME}`, [200]],
  ["past the year 9999", `/render?query=${APP}&from=0&until=253402300801`, [400]],
  ["from 0", `/render?query=${APP}&from=0`, [200]],
  ["a number too long for time", `/render?query=${APP}&from=${"9".repeat(300)}`, [400]],
  ["an end before its beginning", `/render?query=${APP}&from=now&until=now-1h`, [400]],
  ["a thousand years ago", `/render?query=${APP}&from=now-1000y`, [200, 400]],
  ["text as time", `/render?query=${APP}&from=yesterday&until=%00`, [200]],
  ["groupBy of an unknown label", `/render?query=${APP}&from=now-1h&groupBy=nobody`, [200]],
  ["groupBy of a prototype's name", `/render?query=${APP}&from=now-1h&groupBy=__proto__`, [200]],
  ["groupBy of a megabyte-like label", `/render?query=${APP}&from=now-1h&groupBy=${"g".repeat(10_000)}`, [200, 400]],
  ...["0", "-1", "-99999999999", "1", "99999999999999999999", "NaN", "1e9", "%00"].map(
    (nodes): readonly [string, string, readonly number[]] => [
      `max-nodes=${nodes}`,
      `/render?query=${APP}&${ALL_TIME}&max-nodes=${nodes}&maxNodes=${nodes}`,
      [200],
    ],
  ),
  ...selectors.flatMap(([what, matcher, status]): (readonly [string, string, readonly number[]])[] => [
    [`${what}, in /render`, `/render?from=now-1h&query=${q(`${APP}{${matcher}}`)}`, [status]],
    [`${what}, in /pyroscope/render`, `/pyroscope/render?from=now-1h&query=${q(`${TYPE}{${matcher}}`)}`, [status]],
    [`${what}, in /api/tags`, `/api/tags?query=${q(`${APP}{${matcher}}`)}`, [status]],
    [`${what}, in /labels`, `/labels?query=${q(`${APP}{${matcher}}`)}`, [status]],
  ]),
  ["an unknown format", `/render?query=${APP}&format=exe`, [400]],
  ["no query", "/render", [400]],
  ["a query of bytes that are no text", "/render?query=%ff%fe%zz", [400]],
  ["a query of 20 000 characters", `/render?query=${"a".repeat(20_000)}`, [400]],
  // These two are the runtime's own answers: the request does not reach the Worker.
  ["a query of 100 000 characters", `/render?query=${"a".repeat(100_000)}`, [400, 414]],
  ["a query of a megabyte", `/render?query=${"a".repeat(1_000_000)}`, [400, 414, 431]],
  ["a picture of everything", `/render?query=${APP}&${ALL_TIME}&format=dot&max-nodes=-1`, [200]],
  ["a pprof of everything", `/render?query=${APP}&${ALL_TIME}&format=pprof`, [200]],
  ["text of everything", `/render?query=${APP}&${ALL_TIME}&format=collapsed`, [200]],
  ["version 2 from 0", `/pyroscope/render?query=${q(`${TYPE}{}`)}&from=0`, [400]],
  ["version 2 with all of time", `/pyroscope/render?query=${q(`${TYPE}{}`)}&from=1&until=253402300799`, [200]],
  ["version 2 without a type", `/pyroscope/render?query=${q(`{a="b"}`)}`, [400]],
  ["version 2 with a type of many parts", `/pyroscope/render?query=${q(`${"a:".repeat(4000)}{}`)}`, [400]],
  ["a diff without sides", "/render-diff", [400]],
  ["a diff with nothing", `/render-diff?leftQuery=${APP}&rightQuery=nobody&leftFrom=now-1h&rightFrom=now-1h`, [200]],
  [
    "a diff that runs backwards",
    `/render-diff?leftQuery=${APP}&rightQuery=${APP}&leftFrom=now&leftUntil=now-1h`,
    [400],
  ],
  [
    "a diff of all of time",
    `/render-diff?leftQuery=${APP}&rightQuery=${APP}&leftFrom=0&leftUntil=253402300799&rightFrom=0&rightUntil=253402300799&max-nodes=-1`,
    [200],
  ],
  ["version 2 diff without times", `/pyroscope/render-diff?leftQuery=${q(TYPE)}&rightQuery=${q(TYPE)}`, [400]],
  ["labels of all of time", `/labels?${ALL_TIME}`, [200]],
  ["labels past the year 9999", "/labels?from=1&until=99999999999999", [200, 400]],
  ["values of no label", "/label-values?label=", [400]],
  ["values of a prototype's name", "/label-values?label=__proto__", [200]],
  ["tags without a query", "/api/tags", [400]],
  ["tags of all of time", `/api/tags?query=${APP}&${ALL_TIME}`, [200]],
  ["a path that climbs", "/%2e%2e/%2e%2e/etc/passwd", [404]],
  ["two slashes", "//render", [404]],
  ["an upload by GET", "/ingest?name=x", [405]],
];

export const NAMES: readonly (readonly [what: string, query: string, status: number])[] = [
  ["no name", "", 400],
  ["an empty name", "name=", 400],
  ["a name with forbidden characters", `name=${q("a b<c>")}`, 400],
  ["a name of 100 000 characters in 60 000 braces", `name=${"%7B".repeat(20_000)}`, 400],
  ["a label without a key", `name=${q("hostile{=x}")}`, 200],
  ["a name that never ends", `name=${q("hostile{a=b")}`, 200],
  ["labels beyond the limit", `name=${q(`hostile{${Array.from({ length: 500 }, (_, n) => `k${n}=v`).join()}}`)}`, 200],
  ["an absurd time", `name=hostile.cpu&from=${"9".repeat(100)}&until=-5`, 200],
  ["an absurd rate", "name=hostile.cpu&sampleRate=99999999999999999999", 200],
  ["a rate of 0", "name=hostile.cpu&sampleRate=0", 200],
  ["an unknown aggregation", "name=hostile.other&aggregationType=%00&units=%00&spyName=%00", 200],
];
