// Where Edgeflame does on purpose something else than Pyroscope 1 and 2, each with the test that shows it. For
// docs/compatibility.md; test/scripts/compatibility.test.ts looks whether the tests are there.
import type { Difference } from "./difference.ts";
import { PUSHED } from "./push-differences.ts";
import { UPLOADS } from "./upload-differences.ts";

const TIME_AND_COUNTING: readonly Difference[] = [
  {
    what: "upload that covers several 10 s slots",
    pyroscope: "0.3x: spread over them and scaled, with integer loss",
    ours: "all of it in the slot of `from`",
    why: "nothing is lost by division; timelines step by the upload interval",
    proof: ["test/ingest-decode/decode-upload.test.ts", "in the slot of from"],
  },
  {
    what: "time of an `/ingest` upload",
    pyroscope: "2: the profile's own `time_nanos`",
    ours: "`from`",
    why: "old clients write microseconds or nothing there",
    proof: ["test/ingest-decode/recorded.test.ts", "in the slot of its from"],
  },
  {
    what: "old profiles",
    pyroscope: "2: refused after an hour",
    ours: "taken, unless `EDGEFLAME_TOO_OLD_SECONDS` says otherwise",
    why: "history can be brought along",
    proof: ["test/http/push.test.ts", "takes a year in one request"],
  },
  {
    what: "absurd times",
    pyroscope: "2: 422, or lost in 1970",
    ours: "the time of receipt, and noted",
    why: "a wrong clock does not make a profile wrong",
    proof: ["test/ingest-decode/decode-upload.test.ts", "goes into the slot of receipt when from makes no sense"],
  },
  {
    what: "the same upload sent twice",
    pyroscope: "counts twice",
    ours: "counts once: by `Idempotency-Key`, a pushed profile's `ID`, the bytes and place of a profile with a time in a Push or OTLP request, or the bytes, name and range of a profile that carries its time to the fraction of a second",
    why: "agents send again after a timeout",
    proof: ["test/http/idempotency.test.ts", "counts once when the same body comes again"],
  },
  {
    what: "labels `profile_id`, `span_id`, `trace_id`",
    pyroscope: "0.3x: the sample counts twice, in a profile of its own as well",
    ours: "never make series; samples of a span are kept beside the series for a while, and asked for by their ids",
    why: "one series a request would be without bound",
    proof: [
      "test/ingest-decode/decode-upload.test.ts",
      "never makes a series of a request, a session or a reserved label",
    ],
  },
  {
    what: "gauges (memory in use, goroutines)",
    pyroscope: "0.3x: divided by the number of writes; 2: summed",
    ours: "the old API and the page divide by the uploads of the slots, the new API sums",
    why: "each API as its clients know it",
    proof: ["test/flame/flamebearer.test.ts", "draws averages as Pyroscope divides them"],
  },
  {
    what: "values above 2^53",
    pyroscope: "exact in 2; 0.3x answers in JSON numbers",
    ours: "stored and added exactly to 64 bits; JSON of the old API rounds",
    why: "JSON numbers end there",
    proof: ["test/flame/flamebearer.test.ts", "rounds values above 2^53 and nothing else"],
  },
  {
    what: "resolution of old profiles",
    pyroscope: "0.3x: kept as configured; 2: everything until it is deleted",
    ours: "by 10 s for two days, by minutes for 14, by hours for 90, by days for ever (docs/limits.md; each class can be set for a tenant or an app)",
    why: "years are kept for cents",
    proof: ["test/http/retention.test.ts", "the 10 s objects of a sealed hour go after two days"],
  },
  {
    what: "large trees",
    pyroscope: "0.3x: more than 2048 nodes of a stored tree become `other`, again at each merge",
    ours: "nothing is cut when stored; what an answer leaves out is said with it",
    why: "losses must not add up",
    proof: ["test/http/focus.test.ts", "says how many nodes are hidden, how much they hold"],
  },
];

export const DIFFERENCES = {
  Uploads: UPLOADS,
  "Push, pprof and OTLP": PUSHED,
  "Time and counting": TIME_AND_COUNTING,
} as const;
