// Recording rules without a worker: which are refused, and how much the text of their series may be.
import { expect, it } from "vitest";
import { metricsText } from "../../src/query/recorded/exposition.ts";
import { requireRule } from "../../src/query/recorded/rule.ts";

const RULE = {
  metricName: "profiles_recorded_cpu",
  matchers: ['{__profile_type__="process_cpu:cpu:nanoseconds:cpu:nanoseconds"}'],
  groupBy: ["part"],
  externalLabels: [{ name: "team", value: "one" }],
  functionName: null,
};

it("are taken with labels that are told apart from each other", () => {
  const externalLabels = [{ name: "n".repeat(1024), value: "é".repeat(1024) }];
  expect(() => requireRule("good", { ...RULE, externalLabels }, 0n)).not.toThrow();
});

it.each([
  [
    "long names of labels",
    { externalLabels: [{ name: "n".repeat(1025), value: "" }] },
    /limit labelNameBytes is 1024$/,
  ],
  ["long values", { externalLabels: [{ name: "n", value: "é".repeat(1025) }] }, /limit labelValueBytes is 2048$/],
  ["the metric's name to group by", { groupBy: ["__name__"] }, /group_by label "__name__" is reserved$/],
  ["the rule's id to group by", { groupBy: ["profiles_rule_id"] }, /"profiles_rule_id" is reserved$/],
  ["a label to group by that is added too", { groupBy: ["team"] }, /"team" is one of external_labels$/],
])("are refused with %s", (_what, fields, message) => {
  expect(() => requireRule("bad", { ...RULE, ...fields }, 0n)).toThrow(message);
});

it("say no more than 8 MiB, and how many series that leaves out", () => {
  const externalLabels = Array.from({ length: 5 }, (_, i) => ({ name: `l${i}`, value: "é".repeat(1000) }));
  const series = Array.from({ length: 500 }, (_, value) => ({ labels: [{ name: "n", value: `${value}` }], value }));
  const recorded = { kind: "counter", series, left: 1 } as const;
  const text = metricsText(
    ["a", "b"].map((id) => ({ rule: { ...RULE, id, generation: 1, externalLabels }, recorded })),
  );
  const said = text.match(/^profiles_recorded_cpu\{/gm)?.length ?? 0;
  expect(said).toBeGreaterThan(800);
  expect(said).toBeLessThan(1000);
  expect(new TextEncoder().encode(text).length).toBeLessThan(8 * 1024 * 1024 + 1000);
  expect(text).toContain('profiles_recording_rule_series_left_out{profiles_rule_id="a"} 1\n');
  expect(text).toContain(`profiles_recording_rule_series_left_out{profiles_rule_id="b"} ${1 + 1000 - said}\n`);
});
