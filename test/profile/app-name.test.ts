import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/lib/app-error.ts";
import { formatAppName, parseAppName, readUploadName } from "../../src/profile/app-name.ts";
import { LabelDrops } from "../../src/profile/label-drops.ts";
import { labelSet } from "../../src/profile/labels.ts";

const normal = (text: string): string => formatAppName(parseAppName(text));

describe("parseAppName", () => {
  it.each([
    ["a bare name", "foo", "foo{}"],
    ["empty braces", "foo{}", "foo{}"],
    ["one label", "foo{bar=1}", "foo{bar=1}"],
    ["labels in any order", "foo{b=2,a=1}", "foo{a=1,b=2}"],
    ["spaces around everything", " foo { bar = 1 , baz = 2 } ", "foo{bar=1,baz=2}"],
    ["names with slashes, dots and dashes", "a/b.c-d_1", "a/b.c-d_1{}"],
    ["dots in keys", "app{otel.scope.name=com.grafana.pyroscope/go}", "app{otel.scope.name=com.grafana.pyroscope/go}"],
    ["anything but comma and brace in values", 'foo{a="x{=ü y"}', 'foo{a="x{=ü y"}'],
    ["an empty value", "foo{a=}", "foo{a=}"],
    ["the later of equal keys", "foo{a=1,a=2}", "foo{a=2}"],
    ["__name__ instead of the app", "foo{__name__=bar,a=1}", "bar{a=1}"],
    ["__name__ where no app is", "{__name__=bar}", "bar{}"],
    ["a comma behind the last label", "foo{a=1,}", "foo{a=1}"],
    ["an unclosed pair as none", "foo{a=1,b=2", "foo{a=1}"],
    ["text behind the end as nothing", "foo{a=1}}b=2,", "foo{a=1}"],
    ["a pair behind the end as a pair", "foo{a=1}b=2,", "foo{a=1,b=2}"],
    ["a key without value as nothing", "foo{a}", "foo{}"],
  ])("reads %s", (_what, text, expected) => {
    expect(normal(text)).toBe(expected);
  });

  it.each([
    ["", "service name is required"],
    ["  {a=b}", "service name is required"],
    ["foo{__name__=}", "service name is required"],
    ["foo bar", "invalid service name: foo bar: character is not allowed: ' '"],
    ["größe", "invalid service name: größe: character is not allowed: 'ö'"],
    ["foo{=1}", "label name is required"],
    ["foo{a-b=1}", "invalid label name: a-b: character is not allowed: '-'"],
    ["foo{a/b=1}", "invalid label name: a/b: character is not allowed: '/'"],
  ])("refuses %j", (text, message) => {
    expect(() => parseAppName(text)).toThrow(new AppError("invalid_argument", message));
  });

  it("reads its own normal form back", () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_./-]{1,20}$/);
    const key = fc.stringMatching(/^[A-Za-z0-9_.]{1,20}$/).filter((text) => text !== "__name__");
    const value = fc.string().map((text) => text.replace(/[,}]/g, "").trim());
    fc.assert(
      fc.property(name, fc.array(fc.tuple(key, value), { maxLength: 5 }), (app, pairs) => {
        const parsed = { app, labels: labelSet(pairs) };
        expect(parseAppName(formatAppName(parsed))).toEqual(parsed);
      }),
    );
  });

  it("never fails in another way than with invalid_argument", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "{", "}", "=", ",", " ", "ü", "__name__") }), (text) => {
        try {
          parseAppName(text);
        } catch (error) {
          expect(error).toMatchObject({ name: "AppError", code: "invalid_argument" });
        }
      }),
    );
  });
});

describe("readUploadName", () => {
  function read(text: string) {
    const drops = new LabelDrops();
    const name = formatAppName(readUploadName(text, drops));
    return [name, ...drops.notes().map(({ subject, advice }) => `${subject}: ${advice}`)];
  }

  it.each<[string, string, string, RegExp]>([
    ["a name with a dash", "foo{a-b=1,c=2}", "foo{c=2}", /^label a-b: .*without '-'/],
    ["a name with a space", "foo{a b=1,c=2}", "foo{c=2}", /^label a b: .*without ' '/],
    ["several such names", "foo{a-b=1,ü=2,a/b=3,c=2}", "foo{c=2}", /^label a-b, and 2 more: /],
    ["no name", "foo{=1,c=2}", "foo{c=2}", /^a label without a name: /],
    ["a name twice", "foo{c=1,c=2}", "foo{c=2}", /^label c: .*the last was kept/],
    ["no value", "foo{c=2,d:3}", "foo{c=2}", /^label d:3: .*name=value/],
    ["no value, of which nothing ends", "foo{d:3", "foo{}", /^label d:3: .*name=value/],
    ["no end", "foo{c=2,d=3", "foo{c=2}", /^label d: .*end the name with }/],
  ])("leaves out a label of %s, and says so", (_what, text, name, note) => {
    expect(read(text)).toEqual([name, expect.stringMatching(note)]);
  });

  it.each(["foo{}", "foo{", "foo{a=1,}", "foo{ , }", "foo{a=1} "])("says nothing of %j", (text) => {
    expect(read(text)).toHaveLength(1);
  });

  it.each(["", "{a-b=1}", "foo bar{a=1}", "foo{__name__=}", "foo{a-b=1,__name__=x y}"])(
    "refuses %j, whose app is none",
    (text) => {
      expect(() => readUploadName(text, new LabelDrops())).toThrow(AppError);
    },
  );

  it("reads what queries may ask for as they do", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "{", "}", "=", ",", " ", "ü", "-"), maxLength: 30 });
    fc.assert(
      fc.property(text, (tail) => {
        const name = `app${tail}`;
        let asked: unknown;
        try {
          asked = parseAppName(name);
        } catch {
          return;
        }
        expect(readUploadName(name, new LabelDrops())).toEqual(asked);
      }),
    );
  });
});
