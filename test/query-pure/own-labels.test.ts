// The labels that a series has by its app and type.
import { expect, it } from "vitest";
import { ownLabels } from "../../src/query/querier/scope.ts";

it.each([
  ["of Go", "process_cpu:cpu:nanoseconds:cpu:nanoseconds", "cpu nanoseconds cpu nanoseconds"],
  ["without a period", "memory:inuse_space:bytes::", "- - inuse_space bytes"],
  [
    "of py-spy, whose period has a unit alone",
    "process_cpu:samples:count::milliseconds",
    "- milliseconds samples count",
  ],
  ["without a unit", "process_cpu:cpu::cpu:nanoseconds", "cpu nanoseconds cpu -"],
])("are those that its type says, as Pyroscope has them: a type %s", (_whose, id, expected) => {
  const type = { id, oldSuffix: "", units: "", aggregation: "sum", sampleRate: 100, spyName: "" } as const;
  const labels = ownLabels({ app: { service: "shop", types: [type] } as never, type });
  const [metric] = id.split(":");
  expect([labels.get("__name__"), labels.get("__profile_type__"), labels.get("service_name")]).toEqual([
    metric,
    id,
    "shop",
  ]);
  const parts = ["__period_type__", "__period_unit__", "__type__", "__unit__"].map((name) => labels.get(name) ?? "-");
  expect(parts.join(" ")).toBe(expected);
});
