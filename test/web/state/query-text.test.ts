import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatQuery,
  literalValues,
  matcherOf,
  parseQuery,
  valueState,
  withOpposite,
  withoutMatcher,
  withValue,
} from "../../../web/state/query-text.ts";

const OLD = "ride-sharing-app.cpu";
const TYPE = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

describe("parseQuery", () => {
  it("reads the four operators", () => {
    expect(parseQuery(`${OLD}{region="us-west-1", vehicle!="car",a=~"b|c" , d!~"e"}`)).toEqual({
      head: OLD,
      matchers: [
        { name: "region", operator: "=", value: "us-west-1" },
        { name: "vehicle", operator: "!=", value: "car" },
        { name: "a", operator: "=~", value: "b|c" },
        { name: "d", operator: "!~", value: "e" },
      ],
    });
  });
  it("keeps backslashes of FlameQL and unescapes those of a selector", () => {
    expect(parseQuery(`${OLD}{a=~"x\\.y"}`)?.matchers[0]?.value).toBe("x\\.y");
    expect(parseQuery(`${TYPE}{a=~"x\\\\.y"}`)?.matchers[0]?.value).toBe("x\\.y");
  });
  it.each(["", '{a="b"}', "app{", "app{a}", "app{a=b}", 'app{a="b" c="d"}', 'app{a="b"} x', "a b"])(
    "gives up on %j",
    (text) => {
      expect(parseQuery(text)).toBeNull();
    },
  );
});

const hostileText = fc.string({ unit: "grapheme", maxLength: 12 });

it.each([OLD, TYPE])("reads back every query it writes for %s", (head) => {
  fc.assert(
    fc.property(fc.uniqueArray(hostileText, { minLength: 1, maxLength: 3 }), fc.boolean(), (values, include) => {
      const query = { head, matchers: [matcherOf("tag", values, include, head)] };
      const back = parseQuery(formatQuery(query));
      expect(back).toEqual(query);
      expect(literalValues(query.matchers[0]!, head)).toEqual(values);
    }),
  );
});

it("writes regexes that match exactly the values they were made of", () => {
  fc.assert(
    fc.property(fc.uniqueArray(hostileText, { minLength: 2, maxLength: 3 }), hostileText, (values, other) => {
      // The page's own regex engine stands for RE2: nothing but literals, alternatives and anchors is written.
      const regex = new RegExp(matcherOf("tag", values, true, OLD).value);
      for (const value of values) expect(regex.test(value)).toBe(true);
      expect(regex.test(other)).toBe(values.includes(other));
    }),
  );
});

describe("withValue", () => {
  const empty = { head: OLD, matchers: [] };
  it("includes one value, then a second, then takes the first away", () => {
    const one = withValue(empty, "region", "us-east-1", "included");
    expect(formatQuery(one)).toBe(`${OLD}{region="us-east-1"}`);
    const two = withValue(one, "region", "eu-west-1", "included");
    expect(formatQuery(two)).toBe(`${OLD}{region=~"^(us-east-1|eu-west-1)$"}`);
    expect(valueState(two, "region", "eu-west-1")).toBe("included");
    expect(formatQuery(withValue(two, "region", "us-east-1", "none"))).toBe(`${OLD}{region="eu-west-1"}`);
  });
  it("turns an included value into an excluded one", () => {
    const one = withValue(empty, "region", "x", "included");
    const other = withValue(one, "region", "x", "excluded");
    expect(formatQuery(other)).toBe(`${OLD}{region!="x"}`);
    expect(valueState(other, "region", "x")).toBe("excluded");
  });
  it("leaves patterns alone that it cannot read", () => {
    const query = { head: OLD, matchers: [{ name: "region", operator: "=~", value: "us-.*" } as const] };
    expect(formatQuery(withValue(query, "region", "x", "excluded"))).toBe(`${OLD}{region=~"us-.*", region!="x"}`);
    expect(valueState(query, "region", "us-east-1")).toBe("none");
  });
});

it("turns include into exclude and drops a matcher by its place", () => {
  const query = parseQuery(`${OLD}{a="1", b=~"2"}`)!;
  expect(formatQuery(withOpposite(query, 1))).toBe(`${OLD}{a="1", b!~"2"}`);
  expect(formatQuery(withoutMatcher(query, 0))).toBe(`${OLD}{b=~"2"}`);
});
