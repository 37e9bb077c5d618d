// Profile types, labels and series: what the querier is asked, and what it answers.
import {
  at,
  HEAP,
  NANOS,
  ofRange,
  ok,
  type QuerierCase,
  RANGE,
  refused,
  SAMPLES,
  set,
  typeOf,
} from "./querier-case.ts";

export const LABEL_CASES: readonly QuerierCase[] = [
  ok("ProfileTypes", "no range", {}, { profileTypes: [HEAP, NANOS, SAMPLES].map(typeOf) }),
  ok("ProfileTypes", "a range", RANGE, { profileTypes: [HEAP, NANOS, SAMPLES].map(typeOf) }),
  ok("ProfileTypes", "negative times", { start: "-10", end: "-5" }, {}),
  refused(
    "ProfileTypes",
    "an end before the start",
    { start: at(2), end: at(1) },
    /^query start time is after end time$/,
  ),

  ...ofRange("LabelNames", { matchers: [] }),
  refused("LabelNames", "a matcher that is none", { ...RANGE, matchers: ["{"] }, /^query: expected/),
  ok(
    "LabelNames",
    "all",
    { ...RANGE, matchers: ["{}"] },
    {
      names: [
        "__name__",
        "__period_type__",
        "__period_unit__",
        "__profile_type__",
        "__service_name__",
        "__type__",
        "__unit__",
        "region",
        "service_name",
      ],
    },
  ),
  ok(
    "LabelNames",
    "of one service",
    { ...RANGE, matchers: ['{service_name="q.other"}'] },
    {
      names: [
        "__name__",
        "__period_type__",
        "__period_unit__",
        "__profile_type__",
        "__service_name__",
        "__type__",
        "__unit__",
        "service_name",
      ],
    },
  ),
  {
    ...ok(
      "LabelNames",
      "of any characters, for a client that takes them",
      { ...RANGE, matchers: ['{region="us"}'] },
      {
        names: [
          "__name__",
          "__period_type__",
          "__period_unit__",
          "__profile_type__",
          "__service_name__",
          "__type__",
          "__unit__",
          "otel.scope.name",
          "region",
          "service_name",
        ],
      },
    ),
    headers: { accept: "*/*;allow-utf8-labelnames=true" },
  },
  {
    ...refused("LabelNames", "an Accept that is none", RANGE, /^Invalid header format: /),
    headers: { accept: "text" },
  },

  ...ofRange("LabelValues", { name: "region" }),
  refused("LabelValues", "no name", RANGE, /label name/),
  refused("LabelValues", "a matcher that is none", { ...RANGE, name: "region", matchers: [""] }, /^query: expected/),
  ok("LabelValues", "of a label", { ...RANGE, name: "region" }, { names: ["eu", "us"] }),
  ok(
    "LabelValues",
    "of a label under a matcher",
    { ...RANGE, name: "region", matchers: ['{region=~"e.*"}'] },
    { names: ["eu"] },
  ),
  ok("LabelValues", "services", { ...RANGE, name: "service_name" }, { names: ["q.other", "q.shop"] }),
  ok(
    "LabelValues",
    "services that have a type",
    { ...RANGE, name: "service_name", matchers: [`{__profile_type__="${HEAP}"}`] },
    { names: ["q.other"] },
  ),
  ok(
    "LabelValues",
    "services that have a label",
    { ...RANGE, name: "service_name", matchers: ['{region!=""}'] },
    { names: ["q.shop"] },
  ),
  ok("LabelValues", "types", { ...RANGE, name: "__profile_type__" }, { names: [HEAP, NANOS, SAMPLES] }),
  ok("LabelValues", "names", { ...RANGE, name: "__name__" }, { names: ["memory", "process_cpu"] }),
  ok("LabelValues", "of a label that nobody has", { ...RANGE, name: "zone" }, {}),

  ...ofRange("Series", {}),
  refused("Series", "a matcher that is none", { ...RANGE, matchers: ["}"] }, /^query: expected/),
  ok(
    "Series",
    "services and types",
    { ...RANGE, labelNames: ["service_name", "__profile_type__"] },
    {
      labelsSet: [
        set({ __profile_type__: HEAP, service_name: "q.other" }),
        set({ __profile_type__: NANOS, service_name: "q.shop" }),
        set({ __profile_type__: SAMPLES, service_name: "q.shop" }),
      ],
    },
  ),
  ok(
    "Series",
    "the same with five labels",
    {
      ...RANGE,
      matchers: [`{__type__="inuse_space"}`],
      labelNames: ["__name__", "__profile_type__", "__type__", "pyroscope_app", "service_name"],
    },
    {
      labelsSet: [
        set({ __name__: "memory", __profile_type__: HEAP, __type__: "inuse_space", service_name: "q.other" }),
      ],
    },
  ),
  ok(
    "Series",
    "a label of series",
    { ...RANGE, matchers: ['{service_name="q.shop"}'], labelNames: ["region"] },
    { labelsSet: [set({ region: "eu" }), set({ region: "us" })] },
  ),
  ok("Series", "selectors that must both hold", { ...RANGE, matchers: ['{region="eu"}', '{region="us"}'] }, {}),
];
