// Where Edgeflame does on purpose something else than Pyroscope 1 and 2, each with the test that shows it. For
// docs/compatibility.md; test/scripts/compatibility.test.ts looks whether the tests are there.

export interface Difference {
  readonly what: string;
  readonly pyroscope: string;
  readonly ours: string;
  readonly why: string;
  /** A test file, and words of a title or a case in it. */
  readonly proof: readonly [file: string, words: string];
}

const UPLOADS: readonly Difference[] = [
  {
    what: "unknown suffix of a text upload's name (`shop.checkout`)",
    pyroscope: "1.x and 2: 400 `unknown profile type`; 0.3x: taken",
    ours: "taken: the full name is the app, the values are CPU",
    why: "names with dots worked in 0.3x, and nothing in the upload is wrong",
    proof: ["test/profile/old-names.test.ts", "folded text, unknown suffix"],
  },
  {
    what: "`prev_profile` (Go client of 2022)",
    pyroscope: "2: 422; 0.3x: difference, with a cache of what came before",
    ours: "the difference, per node, by the rule of 0.3x; only of what the request itself carries",
    why: "those clients are still deployed; a cache makes the result depend on what was lost",
    proof: ["test/ingest-decode/decode-upload.test.ts", "stores the difference of cumulative types"],
  },
  {
    what: "speedscope in nanoseconds",
    pyroscope: "2: the rate overflows 32 bits, all values are 0",
    ours: "exact",
    why: "a fault, not a choice",
    proof: ["test/formats/text-formats.test.ts", "a weight of %d is %d counts and %d ns"],
  },
  {
    what: "speedscope, evented",
    pyroscope: "2: time before an opening counts one, before a closing 100",
    ours: "all time counts alike",
    why: "a fault, not a choice",
    proof: ["test/formats/text-formats.test.ts", "adds the time between events to what is open"],
  },
  {
    what: "speedscope, fractions of a weight",
    pyroscope: "2: cut off",
    ours: "hundredths count, and time to the nanosecond",
    why: "seconds are usually fractions",
    proof: ["test/formats/text-formats.test.ts", '["seconds", 0.0123, 1n, 12_300_000n]'],
  },
  {
    what: "several speedscope profiles without a unit in one file",
    pyroscope: "2: 422 `unknown profile type`",
    ours: "taken, as CPU samples, each with its `profile_name`",
    why: "the files are good; the type is the one that a single one gets",
    proof: ["test/ingest-decode/format-order.test.ts", "takes several speedscope profiles that have no unit"],
  },
  {
    what: "lines of text over 64 KiB",
    pyroscope: "2: folded text silently ends there, `lines` is 422",
    ours: "read like any other; of a frame over 64 KiB the tail is kept, and noted",
    why: "deep stacks of long names are real",
    proof: ["test/formats/folded.test.ts", "a frame of 100 000 bytes, of which the tail is kept"],
  },
  {
    what: "lines of text with a count below zero",
    pyroscope: "2: left out silently",
    ours: "left out, and noted",
    why: "a sender that subtracts sees what it lost",
    proof: ["test/formats/folded.test.ts", "leaves out lines with a count below zero, and says how many"],
  },
  {
    what: "tree: names over 65 535 bytes, more than 16 000 children of a node",
    pyroscope: "2: 422",
    ours: "names keep their tail, and it is noted; children are bounded by the nodes of the profile alone",
    why: "the rest of the profile is good",
    proof: [
      "test/formats/text-formats.test.ts",
      "reads nodes of many children, and keeps the tail of a very long name",
    ],
  },
  {
    what: "profile without samples on Push",
    pyroscope: "2: 400 `empty profile` without sample types",
    ours: "200; nothing is stored, and it is counted as empty",
    why: "`/ingest` says so of the same bytes; an idle program is no fault",
    proof: ["test/ingest-decode/push.test.ts", "takes a profile of nothing for what it is"],
  },
  {
    what: "size of a profile, samples, labels of a series",
    pyroscope: "2: 4 MiB, 16 000 samples, 30 labels: 400",
    ours: "64 MiB, 1 000 000 samples (docs/limits.md says all, and each can be set for a tenant); labels beyond the most are left out, and noted",
    why: "what is a real profile should not be lost for being large",
    proof: ["test/http/limits.test.ts", "bodyBytes"],
  },
  {
    what: "sample types that the config does not name",
    pyroscope: "0.3x: dropped; 2: stored",
    ours: "stored, under the names of 2; old names read the same data",
    why: "one upload serves both APIs",
    proof: ["test/ingest-decode/decode-upload.test.ts", "makes a series of every sample type"],
  },
  {
    what: "CPU as text",
    pyroscope: "0.3x: counts; 2: nanoseconds",
    ours: "both types",
    why: "neither API has to divide",
    proof: ["test/ingest-decode/decode-upload.test.ts", "stores CPU samples as counts and as time"],
  },
  {
    what: "gzip'd body of a text format",
    pyroscope: "422",
    ours: "taken",
    why: "no text begins with the bytes of gzip",
    proof: ["test/ingest-decode/decode-upload.test.ts", "takes gzip, which no text is"],
  },
  {
    what: "gzip'd recording (JFR) that is the whole body",
    pyroscope: "2: 422; gzip only within a form",
    ours: "taken",
    why: "no recording begins with the bytes of gzip",
    proof: ["test/ingest-decode/recordings.test.ts", "alone and gzipped"],
  },
  {
    what: "recording with labels that can't be read",
    pyroscope: "2: 422, the recording is lost",
    ours: "stored without them, and noted",
    why: "a label is worth less than a profile",
    proof: ["test/ingest-decode/label-problems.test.ts", "cost it nothing when they %s"],
  },
  {
    what: "recording by CPU and by the clock at once (async-profiler `event=cpu,wall=…`)",
    pyroscope: "2: after a batch of N samples of the clock every other event counts N",
    ours: "each counts one",
    why: "a fault, not a choice",
    proof: ["test/formats/jfr-events.test.ts", "samples of both clocks"],
  },
  {
    what: "recording that says `event=wall` after its samples",
    pyroscope: "2: what came before is no wall time",
    ours: "all counts alike, also over several chunks",
    why: "the setting is the recording's, not that of what follows it",
    proof: ["test/formats/jfr-events.test.ts", "counts the same wherever it says so"],
  },
  {
    what: "lambdas in recordings of OpenJDK itself (`X$$Lambda$82+0x…/992802731`)",
    pyroscope: "2: the numbers stay, and are others in each run",
    ours: "`X$$Lambda_`, as those of async-profiler",
    why: "the same stack should add up over runs",
    proof: ["test/formats/jfr-symbols.test.ts", "Hot$$Lambda$82+0x00007ff5a4007a08/992802731"],
  },
  {
    what: "label that is none, comes twice, is too long or one too many",
    pyroscope: "2: 400, the profile is lost",
    ours: "the label is dropped, and noted",
    why: "a label is worth less than a profile",
    proof: ["test/ingest-decode/decode-upload.test.ts", "drops labels that are too long or too many"],
  },
  {
    what: "header `X-Scope-OrgID`",
    pyroscope: "1.x and 2 with multitenancy: the tenant",
    ours: "not looked at: there is one tenant so far, and every key and row has its name already",
    why: "tenants come with sign-in; a header that anybody can set is no sign-in",
    proof: ["test/http/idempotency.test.ts", "whatever X-Scope-OrgID says"],
  },
  {
    what: "`Content-Encoding` other than gzip on `/ingest` and OTLP",
    pyroscope: "2: not looked at, the body is read as it comes",
    ours: "415 that names the encoding",
    why: "compressed bytes would be a broken profile, or worse, text",
    proof: ["test/http/otlp.test.ts", "is refused by the name of the encoding"],
  },
  {
    what: "body that is taken and holds no profile (a form without `profile`, JSON taken for folded text)",
    pyroscope: "200, and nothing is said",
    ours: "200; `Edgeflame-Notes` and the inbox say why nothing is seen of it",
    why: "a newcomer waits for data that never comes",
    proof: ["test/http/inbox-nothing.test.ts", "is told why"],
  },
  {
    what: "JFR part `labels` that can't be read",
    pyroscope: "2: the upload is refused",
    ours: "the labels are left out, and noted; the recording is kept",
    why: "labels never cost the profile",
    proof: ["test/ingest-decode/label-problems.test.ts", "the part labels"],
  },
  {
    what: "very large or very compressed uploads (bodies over 64 MiB, gzip over 200 : 1, over 20 000 series or 20 000 profiles)",
    pyroscope: "2: bodies up to 256 MiB; no bound on the others",
    ours: "413 or 422 that names the limit, the value and what to do",
    why: "an isolate has 128 MB",
    proof: ["test/lib/inflate.test.ts", "inflationRatio"],
  },
  {
    what: "more than the tenant's rate (bytes or profiles a second)",
    pyroscope: "1.x and 2: 429, the profile is lost",
    ours: "stacks are left out, totals of each series count to the unit, the timeline is hatched; 429 with `overload=reject`",
    why: "a busy hour is the one that is looked at later",
    proof: ["test/http/rate.test.ts", "is counted to the last unit in each series"],
  },
  {
    what: "what was refused or mended",
    pyroscope: "an answer that most agents drop, and a counter in metrics",
    ours: "also in the product: `/inbox` says series, reason, limit, actual and what to do",
    why: "whoever points a first agent here does not read its log",
    proof: ["test/http/inbox.test.ts", "is told with who sent it, as what, and how it began"],
  },
  {
    what: "OTLP request with a broken structure",
    pyroscope: "2: 500",
    ours: "400, which exporters do not send again",
    why: "the sender's fault is no error of the server",
    proof: ["test/http/otlp.test.ts", "a stack that is not there"],
  },
  {
    what: "OTLP without `service.name`",
    pyroscope: "2: the executable, else `unknown_service`",
    ours: "before that the Kubernetes workload",
    why: "a deployment is what people look for",
    proof: ["test/http/otlp.test.ts", "its deployment"],
  },
  {
    what: "OTLP over gRPC",
    pyroscope: "served",
    ours: "not served; use OTLP over HTTP",
    why: "a Worker can't send HTTP trailers",
    proof: ["test/agents/catalog.ts", "a Worker can't send HTTP trailers"],
  },
];

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

export const DIFFERENCES = { Uploads: UPLOADS, "Time and counting": TIME_AND_COUNTING } as const;
