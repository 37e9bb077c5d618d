// Of docs/compatibility.md: where what Push and OTLP bring is read otherwise than by Pyroscope 1 and 2 (differences.ts). Found by
// sending the same bytes to both; 1.12 is the last of 1.
import type { Difference } from "./difference.ts";

export const PUSHED: readonly Difference[] = [
  {
    what: "gzip'd Push without `Content-Encoding`, or plain with it",
    pyroscope: "1.12 and 2: 400",
    ours: "taken: the bytes tell",
    why: "proxies and scripts lose headers",
    proof: ["test/http/push.test.ts", "takes gzip, as the header says or not"],
  },
  {
    what: "names with a colon (`__name__`, sample types)",
    pyroscope: "1.12: taken; nobody can ask for them, as the ids of their types have too many parts",
    ours: "400",
    why: "what can't be read should not look stored",
    proof: ["test/ingest-decode/push.test.ts", "a name with a colon"],
  },
  {
    what: "labels that begin with `__` (`__name_replaced__` of godeltaprof's deltas, too)",
    pyroscope: "1.12 and 2: kept, but `__session_id__` and `__delta__`",
    ours: "left out; names are mended alike",
    why: "clients hide them, and they would split a series in two",
    proof: ["test/ingest-decode/push.test.ts", "keeps its labels but those of upstream"],
  },
  {
    what: "names of labels",
    pyroscope: "1.12: dots become `_`, other characters are 400; 2: any",
    ours: "any, as 2",
    why: "agents send `otel.scope.name`",
    proof: ["test/ingest-decode/push.test.ts", "keeps names with dots"],
  },
  {
    what: "labels `service_repository`, `service_git_ref` and `service_root_path`",
    pyroscope: "1.12 and 2: labels, and as JSON in the build ids of what `SelectMergeProfile` answers",
    ours: "labels; build ids are those of the profiles",
    why: "each version would be a copy of all stacks",
    proof: ["test/ingest-decode/push.test.ts", "keeps where its source is as labels alone"],
  },
  {
    what: "several profiles of one series and one time",
    pyroscope: "1.12: one of them counts; of samples that differ only in a label that the series has, too",
    ours: "all count, as in 2",
    why: "a fault, not a choice",
    proof: ["test/http/push-forms.test.ts", "stores the good profiles of a request and says which are bad"],
  },
  {
    what: "allocations pushed without `__delta__=false`",
    pyroscope: "1.12: the difference to the profile before, and the first is lost; 2: as sent",
    ours: "as sent",
    why: "agents send differences; what came before may be lost",
    proof: ["test/ingest-decode/push.test.ts", "of memory is stored as sent, whatever came before"],
  },
  {
    what: "pprof that names what is not in it (a location, a function, a unit)",
    pyroscope: "1.12: what leads there is left out, and nothing is said",
    ours: "400 that says which; a mapping that is not there is none",
    why: "what was damaged on its way must not look whole",
    proof: ["test/formats/pprof-refused.test.ts", "location id 9 is not in the profile"],
  },
  {
    what: "function ids of 0 (old .NET agents) by Push",
    pyroscope: "1.12 and 2: 400; mended on `/ingest` alone",
    ours: "mended on both",
    why: "the label `spy_name` says as much as the parameter",
    proof: ["test/ingest-decode/push.test.ts", "of a .NET agent that numbers no functions is mended"],
  },
  {
    what: "frames without a function",
    pyroscope: "1.12: a pprof's are not drawn, OTLP's are `/usr/lib/libc.so.6 0x1234`",
    ours: "`libc.so.6!0x1234`",
    why: "an address that is not known is a part of the stack",
    proof: ["test/formats/otlp-frames.test.ts", "of which no line names a function is called by its address"],
  },
  {
    what: "samples without a stack",
    pyroscope: "1.12: stored and in no total",
    ours: "count for the root",
    why: "totals are what was sent",
    proof: ["test/formats/otlp-values.test.ts", "a sample without a stack counts for the whole"],
  },
  {
    what: "Go stacks that the runtime has cut",
    pyroscope:
      "1.12 and 2: completed, but the last by order of addresses, and where what is missing is longer than the stack that has it",
    ours: "completed by the same rule: all of them, by the deepest stack that tells how they go on",
    why: "the first is a fault; and the deeper stack has more of what is missing",
    proof: ["test/formats/pprof-fix-ups.test.ts", "complete all that end in one window, by the deepest"],
  },
  {
    what: "Go stacks that the runtime has cut, by OTLP",
    pyroscope: "1.12 and 2: completed as well",
    ours: "stay as sent",
    why: "who sends OTLP unwinds stacks itself and cuts none at Go's lengths; one request may hold those of a whole node",
    proof: ["test/formats/otlp-values.test.ts", "a stack that Go has cut stays as it was sent"],
  },
  {
    what: "several values of an OTLP sample",
    pyroscope: "1.12: the sample is lost; 2: added if `off_cpu`, else the request is refused",
    ours: "added",
    why: "OpenTelemetry has one for each time the sample was seen",
    proof: ["test/formats/otlp-values.test.ts", "a sample's values are added"],
  },
  {
    what: "OTLP samples of the CPU without a period",
    pyroscope: "1.12: stored as samples; 2: refused",
    ours: "stored as samples",
    why: "nobody says how long a sample is, but they are good",
    proof: ["test/formats/otlp-values.test.ts", "stay samples where no period says how long they are"],
  },
];
