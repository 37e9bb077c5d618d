import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/lib/app-error.ts";
import { compileMatchers, compileServiceMatchers, type MatcherOp, matches } from "../../src/profile/matcher.ts";
import { parseQuery, selectorOfName, serviceOf } from "../../src/profile/selector.ts";

const CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

/** `name{label op "value" …}` with the type id shortened: what was understood, on one line. */
function understood(query: string): string {
  const { app, matchers } = parseQuery(query);
  const name = app.kind === "old" ? `old ${app.name}` : `type ${app.profileType}`;
  return [name, ...matchers.map((m) => `${m.name} ${m.op} ${JSON.stringify(m.value)}`)].join(" | ").replace(CPU, "CPU");
}

describe("parseQuery reads FlameQL", () => {
  it.each([
    ["app.cpu", "old app.cpu"],
    ["  app.cpu  ", "old app.cpu"],
    ["team/app-1.cpu{}", "old team/app-1.cpu"],
    ['app.cpu{region="eu"}', 'old app.cpu | region = "eu"'],
    ['app.cpu{a="1",b!="2",c=~"3.*",d!~"4"}', 'old app.cpu | a = "1" | b != "2" | c =~ "3.*" | d !~ "4"'],
    ['app.cpu{a="1", b="2" }', 'old app.cpu | a = "1" | b = "2"'],
    ['app.cpu{,a="1",,b="2",}', 'old app.cpu | a = "1" | b = "2"'],
    ["app.cpu{ , }", "old app.cpu"],
    ['app.cpu{a="x,y}z{"}', 'old app.cpu | a = "x,y}z{"'],
    ['app.cpu{a="say \\"hi\\", you"}', 'old app.cpu | a = "say \\\\\\"hi\\\\\\", you"'],
    ['app.cpu{otel.scope.name="x"}', 'old app.cpu | otel.scope.name = "x"'],
    ['app.cpu{a=""}', 'old app.cpu | a = ""'],
    ['app.cpu{a="ключ 🔑"}', 'old app.cpu | a = "ключ 🔑"'],
  ])("%s", (query, expected) => {
    expect(understood(query)).toBe(expected);
  });

  it.each([
    ["", "expected an application name at position 0, got the end"],
    ['{a="b"}', 'expected an application name at position 0, got "{"'],
    ["app cpu", 'expected a letter, digit or one of _ . - / in the application name, or { at position 3, got " "'],
    ['app.cpu{a="1"', "expected a comma or } at position 13, got the end"],
    ['app.cpu{a="1"}x', 'expected nothing after the } at position 14, got "x"'],
    ['app.cpu{a ="1"}', 'expected one of = != =~ !~ at position 9, got " "'],
    ['app.cpu{a= "1"}', 'expected a value in double quotes (") at position 10, got " "'],
    ["app.cpu{a='1'}", 'expected a value in double quotes (") at position 10'],
    ['app.cpu{a="1}', 'expected a closing quote (") at position 13, got the end'],
    ['app.cpu{a="1" b="2"}', 'expected a comma or } at position 14, got "b"'],
    ['app.cpu{="1"}', 'expected a label name at position 8, got "="'],
    ['app.cpu{__name__="x"}', "expected no __name__, which is reserved"],
    ['app.cpu{profile_id!="x"}', "expected profile_id only with = at position 8"],
    ['app.cpu{a=~"("}', 'regular expression "(": expected ")"'],
    [`app{a="${"x".repeat(20_000)}"}`, "limit queryTextBytes is 16384"],
  ])("refuses %.40s", (query, why) => {
    expect(() => parseQuery(query)).toThrow(AppError);
    expect(() => parseQuery(query)).toThrow(why);
  });
});

describe("parseQuery reads PromQL selectors", () => {
  it.each([
    [CPU, "type CPU"],
    [`${CPU}{}`, "type CPU"],
    [`${CPU}:delta{}`, "type CPU"],
    ["off_cpu:off_cpu:nanoseconds::{}", "type off_cpu:off_cpu:nanoseconds::"],
    [`${CPU}{service_name="app"}`, 'type CPU | service_name = "app"'],
    [` ${CPU} { service_name = "app" , region =~ "a|b" , } `, 'type CPU | service_name = "app" | region =~ "a|b"'],
    [`{__name__="${CPU}", region!='eu'}`, 'type CPU | region != "eu"'],
    [`{"${CPU}", "http.url"!~"x"}`, 'type CPU | http.url !~ "x"'],
    [`{region="eu",__name__="${CPU}"}`, 'type CPU | region = "eu"'],
    [`${CPU}{a="q\\"\\\\\\n\\u00e9\\x41\\101\\U0001F600"}`, 'type CPU | a = "q\\"\\\\\\néAA😀"'],
    [`${CPU}{a='it\\'s "x"'}`, 'type CPU | a = "it\'s \\"x\\""'],
    [`${CPU}{a=\`raw\\n"'\`}`, 'type CPU | a = "raw\\\\n\\"\'"'],
    ["wall:alloc-size:bytes:cpu:ns{}", "type wall:alloc-size:bytes:cpu:ns"],
  ])("%s", (query, expected) => {
    expect(understood(query)).toBe(expected);
  });

  it.each([
    [
      "a:b{}",
      'profile-type selection must be of the form <name>:<sample-type>:<sample-unit>:<period-type>:<period-unit>(:delta), got(2): "a:b"',
    ],
    ["a:b:c:d:e:f:g{}", "got(7)"],
    ['{"region"="eu"}', "expected a profile type before the {"],
    [`${CPU}{__name__="x"}`, "expected the metric name only once at position 44"],
    [`{__name__=~"x"}`, "expected __name__ only with = at position 1"],
    [`${CPU}{a="b"`, "expected a comma or } at position 49, got the end"],
    [`${CPU}{a="b"} 5`, 'expected the end of the query at position 51, got "5"'],
    [`${CPU}{a=b}`, 'expected a quoted value at position 46, got "b"'],
    [`${CPU}{a}`, 'expected one of = != =~ !~ at position 45, got "}"'],
    [`${CPU}{,}`, 'expected a label name or } at position 44, got ","'],
    [`${CPU}{a="x`, 'expected a " that closes the one at 46 at position 48, got the end'],
    [`${CPU}{a="\\q"}`, "expected an escape such as \\n"],
    [`${CPU}{a="\\ud800"}`, "expected a character that exists"],
    [`${CPU}{a=~"b**"}`, "expected no repetition of a repetition"],
  ])("refuses %s", (query, why) => {
    expect(() => parseQuery(query)).toThrow(AppError);
    expect(() => parseQuery(query)).toThrow(why);
  });
});

it("answers any text with a selector or an invalid argument", () => {
  const soup = fc.array(
    fc.constantFrom(
      "app",
      "a:b:c:d:e",
      "{",
      "}",
      "__name__",
      "=",
      "!=",
      "=~",
      "!~",
      '"',
      "'",
      "`",
      "\\",
      ",",
      " ",
      "x",
      "(",
    ),
  );
  fc.assert(
    fc.property(soup, (parts) => {
      try {
        parseQuery(parts.join(""));
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        expect((error as AppError).code).toBe("invalid_argument");
      }
    }),
    { numRuns: 3000 },
  );
});

describe("a matcher", () => {
  const T = true;
  const F = false;
  it.each<[MatcherOp, string, string | undefined, boolean, boolean]>([
    // op, wanted, value, FlameQL, PromQL
    ["=", "eu", "eu", T, T],
    ["=", "eu", "eu-1", F, F],
    ["=", "eu", undefined, F, F],
    ["=", "", undefined, F, T],
    ["!=", "eu", "eu", F, F],
    ["!=", "eu", undefined, T, T],
    ["!=", "", undefined, T, F],
    ["=~", "eu", "eu-1", T, F],
    ["=~", "eu.*", "eu-1", T, T],
    ["=~", "eu|us", "us-1", T, F],
    ["=~", "^eu$", "eu", T, T],
    ["=~", ".*", undefined, F, T],
    ["=~", "", undefined, F, T],
    ["=~", "", "eu", T, F],
    ["=~", ".+", undefined, F, F],
    ["!~", "eu", "eu-1", F, T],
    ["!~", "eu", undefined, T, T],
    ["!~", ".*", undefined, T, F],
    ["!~", ".+", undefined, T, T],
    ["=~", "a.b", "a\nb", F, T],
  ])("%s %j on %j is %s in FlameQL and %s in PromQL", (op, wanted, value, flameql, promql) => {
    expect(matches({ name: "l", op, value: wanted, anchored: false }, value)).toBe(flameql);
    expect(matches({ name: "l", op, value: wanted, anchored: true }, value)).toBe(promql);
  });

  it("is one of several that must all hold, and sees the app as service_name", () => {
    const test = compileMatchers(parseQuery(`${CPU}{service_name=~"ride-.*",region="eu",env!="dev"}`).matchers);
    expect(test([["region", "eu"]], "ride-sharing")).toBe(true);
    expect(test([["region", "eu"]], "other")).toBe(false);
    expect(test([["region", "us"]], "ride-sharing")).toBe(false);
    expect(
      test(
        [
          ["env", "dev"],
          ["region", "eu"],
        ],
        "ride-sharing",
      ),
    ).toBe(false);
  });
});

it("tells which app a selector is about, before any series is known", () => {
  expect(serviceOf(parseQuery(`${CPU}{service_name="app",region="eu"}`))).toBe("app");
  expect(serviceOf(parseQuery(`${CPU}{service_name=~"app",region="eu"}`))).toBe(null);
  const test = compileServiceMatchers(parseQuery(`${CPU}{service_name!~"b.*",region="eu"}`).matchers);
  expect(["app", "bpp"].map(test)).toEqual([true, false]);
});

it("selects a storage key's series by each of its labels", () => {
  const { app, matchers } = selectorOfName("app.cpu", [["region", "eu(1)"]]);
  expect(app).toEqual({ kind: "old", name: "app.cpu" });
  expect(
    compileMatchers(matchers)(
      [
        ["host", "h"],
        ["region", "eu(1)"],
      ],
      "app",
    ),
  ).toBe(true);
  expect(compileMatchers(matchers)([["host", "h"]], "app")).toBe(false);
});
