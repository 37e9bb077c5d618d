// The `name` parameter of uploads and old queries: `app{key=value,…}`. There is no quoting and no
// escaping: a value ends at `,` or `}` and may hold anything else.
//
// The text is read with one `{` put behind it, as upstream does. So a bare `app` ends at a brace,
// and a last pair that nothing closes (`app{k=v`) is lost without an error.
//
// Queries must be right. Of an upload only the app must be: labels that are none are left out, and told.
import { invalidArgument } from "../lib/app-error.ts";
import { LabelDrops } from "./label-drops.ts";
import { type LabelSet, labelSet } from "./labels.ts";

export interface AppName {
  readonly app: string;
  /** Without `__name__`, which overrides `app`. */
  readonly labels: LabelSet;
}

const NOT_OF_AN_APP = /[^A-Za-z0-9_./-]/u;
const NOT_OF_A_KEY = /[^A-Za-z0-9_.]/u;

/** Whether a label of this name is kept. */
type KeyJudge = (key: string) => boolean;

/** As queries have it: one bad label makes all of it bad. @throws AppError invalid_argument */
export const parseAppName = (text: string): AppName =>
  read(text, new LabelDrops(), (key) => {
    requireKey(key);
    return true;
  });

/** As uploads have it. @param drops is told of labels that are left out @throws AppError invalid_argument: the app is none */
export const readUploadName = (text: string, drops: LabelDrops): AppName =>
  read(text, drops, (key) => {
    const bad = strangerIn(key, NOT_OF_A_KEY);
    if (key === "") drops.unnamed();
    else if (bad !== null) drops.illegal(key, bad);
    return key !== "" && bad === null;
  });

function read(text: string, drops: LabelDrops, isLabel: KeyJudge): AppName {
  const name = text.indexOf("{");
  let app = (name < 0 ? text : text.slice(0, name)).trim();
  const pairs = new Map<string, string>();
  for (const [key, value] of name < 0 ? [] : pairsOf(text.slice(name + 1), drops)) {
    if (!isLabel(key)) continue;
    if (key === "__name__") {
      app = value;
      continue;
    }
    if (pairs.has(key) && pairs.get(key) !== value) drops.repeated(key, "last");
    pairs.set(key, value);
  }
  if (app === "") throw invalidArgument("service name is required");
  const bad = strangerIn(app, NOT_OF_AN_APP);
  if (bad !== null) throw invalidArgument(`invalid service name: ${app}: character is not allowed: '${bad}'`);
  return { app, labels: labelSet(pairs) };
}

/** `app{k1=v1,k2=v2}` with keys in byte order; `app{}` without labels. */
export const formatAppName = ({ app, labels }: AppName): string =>
  `${app}{${labels.map(([key, value]) => `${key}=${value}`).join(",")}}`;

/** A value ends at `,` or `}`, and a key may follow either; a `}` where a key should end is the end of all. */
function* pairsOf(text: string, drops: LabelDrops): Generator<readonly [key: string, value: string]> {
  let at = 0;
  let brace = text.indexOf("}");
  for (;;) {
    const equals = text.indexOf("=", at);
    if (brace >= 0 && brace < at) brace = text.indexOf("}", at);
    if (equals < 0 || (brace >= 0 && brace < equals)) {
      const rest = text.slice(at, brace < 0 ? text.length : brace).trim();
      if (/[^,\s]/.test(rest)) drops.valueless(rest);
      return;
    }
    const end = nextOf(text, equals + 1);
    if (end < 0) {
      drops.unclosed(text.slice(at, equals).trim());
      return;
    }
    yield [text.slice(at, equals).trim(), text.slice(equals + 1, end).trim()];
    at = end + 1;
  }
}

function nextOf(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const c = text[at];
    if (c === "," || c === "}") return at;
  }
  return -1;
}

function requireKey(key: string): void {
  if (key === "") throw invalidArgument("label name is required");
  const bad = strangerIn(key, NOT_OF_A_KEY);
  if (bad !== null) throw invalidArgument(`invalid label name: ${key}: character is not allowed: '${bad}'`);
}

const strangerIn = (text: string, stranger: RegExp): string | null => stranger.exec(text)?.[0] ?? null;
