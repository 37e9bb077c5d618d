// Asks one question over HTTP and compares every part of the answer with the list.
import { call } from "../support/worker-call.ts";
import {
  differenceOf,
  flatFrames,
  framesOf,
  linesOf,
  linesOfTree,
  type RenderAnswer,
  type TimelineAnswer,
} from "./answers.ts";
import { DAY, type QueryWords } from "./program.ts";
import { accepts, inRange, type LabelTest, type Range, type Sent, spansOf, timelineOf, treeOf } from "./sent.ts";
import { CPU_SAMPLES, spanAt } from "./uploads.ts";

export interface World {
  readonly now: number;
  /** Asked before anything may be missing: what the answer must have in it. */
  sentOf(service: string): readonly Sent[];
}

/** Seconds for which each rung below a width is kept. */
const KEPT: readonly (readonly [keptSeconds: number, width: number])[] = [
  [2 * DAY, 60],
  [14 * DAY, 3600],
  [90 * DAY, DAY],
];

/** Spans are surely kept this long; somewhat later they are gone, an hour at a time. */
const SPANS_KEPT = 7 * DAY - 3600;

/** The answer "ask again", which is neither right nor wrong. */
export const UNAVAILABLE = "unavailable";

/** @returns what is wrong, or null */
export async function checkQuery(words: QueryWords, world: World): Promise<string | null> {
  const question = questionOf(words, world);
  const response = await ask(question.path);
  const text = await response.text();
  if (response.status === 503) return UNAVAILABLE;
  const wrong = response.status === 200 ? problemOf(words, question, text, world) : `${response.status} ${text}`;
  return wrong === null ? null : `${decodeURIComponent(question.path)}\n    ${wrong}`;
}

/** 503 is an answer: something moved between two reads, ask again. But not for ever. */
async function ask(path: string): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await call(path);
    if (response.status !== 503 || attempt === 5) return response;
  }
}

interface Question {
  readonly path: string;
  readonly range: Range;
  /** What matches at any time. */
  readonly matching: readonly Sent[];
  readonly all: readonly Sent[];
  readonly isAverage: boolean;
}

function questionOf(words: QueryWords, world: World): Question {
  const { now, sentOf } = world;
  const all = sentOf(words.service);
  const types = [...new Set(all.map(({ typeId }) => typeId))].sort();
  const isOld = words.oldName && types.includes(CPU_SAMPLES) && words.form !== "v2";
  const typeId = isOld ? CPU_SAMPLES : (types[words.type % types.length] ?? CPU_SAMPLES);
  const tests = words.tests.map(testText);
  const query = isOld
    ? `${words.service}.cpu{${tests.join(",")}}`
    : `${typeId}{${[`service_name="${words.service}"`, ...tests].join(",")}}`;
  const floor = (seconds: number) => Math.floor(seconds / words.grid) * words.grid;
  const from = floor(now - words.age);
  const until = Math.max(floor(now - words.age + words.seconds), from + words.grid);
  const params = new URLSearchParams({ query, from: `${from}`, until: `${until}`, "max-nodes": "-1" });
  if (words.form === "collapsed") params.set("format", "collapsed");
  if (words.groupBy !== "" && words.form !== "collapsed") params.set("groupBy", words.groupBy);
  const matching = all.filter((one) => one.typeId === typeId && accepts(words.tests, one.labels));
  const isGauge = all.some((one) => one.typeId === typeId && one.isGauge);
  const common = { range: { from, until }, matching, all };
  switch (words.form) {
    case "json":
    case "collapsed":
      return { ...common, path: `/render?${params}`, isAverage: isGauge };
    case "v2": {
      if (words.groupBy === "vehicle") params.set("aggregation", "avg");
      return { ...common, path: `/pyroscope/render?${params}`, isAverage: words.groupBy === "vehicle" };
    }
    case "tags":
      return { ...common, path: `/api/tags?${params}`, isAverage: false };
    case "labels":
      return { ...common, path: `/label-values?label=region&${params}`, isAverage: false };
    case "span":
    case "trace":
      return spanQuestionOf(words, words.form, world);
  }
}

/** What was sampled in one request, of a type that has any: over the last days, in which it must be there. */
function spanQuestionOf(words: QueryWords, form: "span" | "trace", { now, sentOf }: World): Question {
  const all = sentOf(words.service);
  const types = [...new Set(all.filter(({ spans }) => spans !== undefined).map(({ typeId }) => typeId))].sort();
  const typeId = types[words.type % types.length] ?? CPU_SAMPLES;
  const id = spanAt(words.span)[form];
  const tests = [`service_name="${words.service}"`, `${form}_id="${id}"`, ...words.tests.map(testText)];
  const floor = (seconds: number) => Math.floor(seconds / words.grid) * words.grid;
  const oldest = Math.ceil((now - SPANS_KEPT) / DAY) * DAY;
  const from = Math.max(oldest, floor(now - words.age));
  const until = Math.max(floor(now - words.age + words.seconds), from + words.grid);
  const params = new URLSearchParams({ query: `${typeId}{${tests.join(",")}}`, from: `${from}`, until: `${until}` });
  params.set("max-nodes", "-1");
  if (words.groupBy !== "") params.set("groupBy", words.groupBy);
  const ofType = all.filter((one) => one.typeId === typeId);
  const matching = spansOf(
    ofType.filter((one) => accepts(words.tests, one.labels)),
    (span) => span[form] === id,
  );
  const isAverage = ofType.some(({ isGauge }) => isGauge);
  return { path: `/render?${params}`, range: { from, until }, matching, all, isAverage };
}

export const testText = ({ label, op, values }: LabelTest): string => {
  const isPattern = op === "=~" || op === "!~";
  return `${label}${op}"${isPattern ? `^(${values.join("|")})$` : values.join("")}"`;
};

function problemOf(words: QueryWords, question: Question, text: string, world: World): string | null {
  switch (words.form) {
    case "json":
    case "v2":
    case "span":
    case "trace":
      return renderProblem(words, question, JSON.parse(text) as RenderAnswer, world.now);
    case "collapsed": {
      // The range that is covered is not in the text: it is one of those that retention allows.
      const problems = rangesCovered(question.range, world.now).map((range) =>
        differenceOf(linesOf(text), linesOfTree(treeOf(inRange(question.matching, range), question.isAverage))),
      );
      return problems.includes(null) ? null : `collapsed: ${problems[0]}`;
    }
    case "tags":
      return tagsProblem(words, question, JSON.parse(text) as TagsAnswer, world.now);
    case "labels":
      return labelsProblem(words, question, JSON.parse(text) as string[], world.now);
  }
}

/** Where an edge may lie: as asked, or moved outward to the next width whose finer nodes may be gone. */
const edges = (at: number, age: number, move: (seconds: number, width: number) => number): number[] => [
  ...new Set([at, ...KEPT.filter(([kept]) => age > kept).map(([, width]) => move(at, width))]),
];
const floorTo = (at: number, width: number) => Math.floor(at / width) * width;
const ceilTo = (at: number, width: number) => Math.ceil(at / width) * width;

function rangesCovered({ from, until }: Range, now: number): Range[] {
  const untils = edges(until, now - until + 1, ceilTo);
  return edges(from, now - from, floorTo).flatMap((first) => untils.map((end) => ({ from: first, until: end })));
}

function renderProblem(words: QueryWords, question: Question, answer: RenderAnswer, now: number): string | null {
  const covered = { from: answer.edgeflame.from, until: answer.edgeflame.until };
  const allowed = rangesCovered(question.range, now);
  if (!allowed.some(({ from, until }) => from === covered.from && until === covered.until))
    return `covers ${JSON.stringify(covered)}, allowed are ${JSON.stringify(allowed)}`;
  const { matching, isAverage } = question;
  const tree = treeOf(inRange(matching, covered), isAverage);
  const { edgeflame, flamebearer } = answer;
  if (flamebearer.numTicks !== Number(tree.total)) return `total ${flamebearer.numTicks}, should be ${tree.total}`;
  if (edgeflame.uploads !== tree.uploads) return `${edgeflame.uploads} uploads, should be ${tree.uploads}`;
  if (edgeflame.hiddenNodes !== 0 || edgeflame.otherTotal !== 0) return `hides ${edgeflame.hiddenNodes} nodes`;
  const frame = differenceOf(framesOf(flamebearer), flatFrames(tree));
  if (frame !== null) return `frame ${frame}`;
  const line = timelineProblem(answer.timeline, question, covered, words.form === "v2");
  if (line !== null) return `timeline: ${line}`;
  return groupsProblem(words, question, answer, covered);
}

function timelineProblem(
  { startTime, durationDelta, samples }: TimelineAnswer,
  { matching, isAverage }: Pick<Question, "matching" | "isAverage">,
  covered: Range,
  isV2: boolean,
): string | null {
  const end = startTime + durationDelta * samples.length;
  if (!isV2 && (startTime > covered.from || end < covered.until)) return `${startTime}..${end} covers not all`;
  if (!isV2 && (startTime + durationDelta <= covered.from || end - durationDelta >= covered.until))
    return `${startTime}..${end} in steps of ${durationDelta} begins or ends outside`;
  const grid = { start: startTime, step: durationDelta, count: samples.length };
  const whole = timelineOf(inRange(matching, { from: startTime, until: end }), grid, isAverage);
  const within = timelineOf(inRange(matching, covered), grid, isAverage);
  const wrong = samples.findIndex((value, i) => {
    // What the first and the last step have beyond the range need not be in them.
    const isEdge = i === 0 || i === samples.length - 1;
    return value !== whole[i] && !(isEdge && value >= within[i]! && value <= whole[i]!) && !(isEdge && isAverage);
  });
  if (wrong < 0) return null;
  const step = `${startTime + wrong * durationDelta}, step ${durationDelta}, ${wrong} of ${samples.length}`;
  return `${samples[wrong]} at ${step}; should be ${whole[wrong]}`;
}

function groupsProblem(words: QueryWords, question: Question, answer: RenderAnswer, covered: Range): string | null {
  if (words.groupBy === "") return answer.groups === null ? null : "groups that nobody asked for";
  const groupOf = ({ labels }: Sent) => labels[words.groupBy] ?? "*";
  const { startTime, durationDelta, samples } = answer.timeline;
  const drawn = { from: startTime, until: startTime + durationDelta * samples.length };
  const wanted = new Set(inRange(question.matching, drawn).map(groupOf));
  const surely = new Set(inRange(question.matching, covered).map(groupOf));
  const got = Object.keys(answer.groups ?? {});
  const strange = got.find((value) => !wanted.has(value));
  if (strange !== undefined) return `group ${strange} should not be there`;
  for (const value of words.form === "v2" ? [] : surely) if (!got.includes(value)) return `group ${value} is missing`;
  for (const [value, timeline] of Object.entries(answer.groups ?? {})) {
    const matching = question.matching.filter((one) => groupOf(one) === value);
    const line = timelineProblem(timeline, { ...question, matching }, covered, words.form === "v2");
    if (line !== null) return `group ${value}: ${line}`;
  }
  return null;
}

interface TagsAnswer {
  readonly tags: readonly { readonly name: string; readonly values: readonly { value: string; uploads: number }[] }[];
}

function tagsProblem(words: QueryWords, question: Question, answer: TagsAnswer, now: number): string | null {
  const typeId = question.matching[0]?.typeId;
  if (typeId === undefined) return null;
  const problems = rangesCovered(question.range, now).map((range) => {
    const ofType = inRange(question.all, range).filter((one) => one.typeId === typeId);
    const wanted = new Map<string, number>();
    for (const { labels } of ofType) {
      for (const [name, value] of Object.entries(labels)) {
        const others = words.tests.filter(({ label }) => label !== name);
        if (accepts(others, labels)) wanted.set(`${name}=${value}`, (wanted.get(`${name}=${value}`) ?? 0) + 1);
      }
    }
    const got = answer.tags.flatMap(({ name, values }) =>
      values.map(({ value, uploads }) => [`${name}=${value}`, uploads] as const),
    );
    return differenceOf(new Map(got), wanted);
  });
  return problems.includes(null) ? null : `tags: ${problems[0]}`;
}

/** Without a test on a label, days decide; the values of its days, first to last, may be there. */
function labelsProblem(words: QueryWords, question: Question, answer: readonly string[], now: number): string | null {
  const valuesIn = (sent: readonly Sent[], range: Range) =>
    new Set(inRange(sent, range).map(({ labels }) => labels.region));
  if (words.tests.length > 0) {
    const problems = rangesCovered(question.range, now).map((range) => {
      const wanted = [...valuesIn(question.matching, range)].sort();
      return JSON.stringify(wanted) === JSON.stringify(answer) ? null : `${answer}, should be ${wanted}`;
    });
    return problems.includes(null) ? null : `values: ${problems[0]}`;
  }
  const surely = valuesIn(question.all, question.range);
  const ever = new Set(question.all.map(({ labels }) => labels.region));
  for (const value of surely) if (!answer.includes(value!)) return `value ${value} is missing`;
  for (const value of answer) if (!ever.has(value)) return `value ${value} was never sent`;
  return null;
}
