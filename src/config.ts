// Limits and defaults in one place: each value with its unit and its reason. Tenants override them (api/limits.ts).

/** As package.json has it. */
export const EDGEFLAME_VERSION = "0.1.0";

export const LIMITS = {
  /** Compressed request body. The platform allows 100 MB; 64 MiB leaves room to hold it twice. */
  bodyBytes: 64 * 1024 * 1024,
  /** One profile after inflation: an isolate has 128 MB in all. */
  inflatedBytes: 64 * 1024 * 1024,
  /** JSON of speedscope, OTLP or Connect after inflation: it becomes objects of several times its size. */
  jsonBytes: 32 * 1024 * 1024,
  /** Inflated : compressed. Real profiles stay below 20; a bomb is above 1000. */
  inflationRatio: 200,
  samplesPerProfile: 1_000_000,
  /** Rows of each of a profile's tables: strings, locations, lines, functions, mappings, labels. */
  rowsPerProfile: 2_000_000,
  /** Location references of all samples: 64 MB of ids while the call tree is built. */
  stackEntriesPerProfile: 16_000_000,
  /** Frames of one stack. Deeper stacks keep their root side. */
  stackDepth: 1000,
  /** Call-tree nodes of one profile. */
  nodesPerProfile: 1_000_000,
  /** Profiles of one Push request: each costs a few objects while the request is read. */
  profilesPerRequest: 20_000,
  /** All profiles of one Push request after inflation: bounds the request's CPU time. Upstream's limit. */
  inflatedBytesPerRequest: 256 * 1024 * 1024,
  /** Services in one Push request: each is a call to another object. */
  servicesPerRequest: 500,
  labelsPerSeries: 100,
  labelNameBytes: 1024,
  labelValueBytes: 2048,
  /** A longer function or file name keeps its tail, which tells names apart. */
  symbolBytes: 64 * 1024,
  /** Series one upload may split into by its samples' labels. */
  seriesPerUpload: 20_000,
  /** Spans of one upload that are found by their ids; samples of others count all the same. */
  spansPerUpload: 5000,
  /** Profile types of one app: its object and the catalog keep a row of facts on each. Real apps have some tens. */
  typesPerApp: 500,
  /** One encoded batch to an object: it must fit the object's heap a few times, and its dictionary an RPC's 32 MiB. */
  batchBytes: 12 * 1024 * 1024,
  /** Name of an app with its labels, as sent. */
  nameBytes: 64 * 1024,
  /** The header Idempotency-Key: a UUID has 36. */
  idempotencyKeyBytes: 256,
  queryTextBytes: 16 * 1024,
  /** All names of a `focus` path together; it has at most `stackDepth` of them. */
  focusBytes: 64 * 1024,
  maxNodesDefault: 8192,
  maxNodesMost: 1_048_576,
} as const;

/** What decoders allow for each byte that was sent, and for what costs more than its bytes. The same for everyone. */
export const DECODING = {
  /** Call-tree nodes for each byte of a pprof: one reference to a location of many inlined lines makes many. Of the real files 0.06 at most. */
  nodesPerByte: 2,
  /** Small profiles may have this many whatever their size. */
  nodesAlways: 4096,
  /** Entries of Go stacks after they are mended, for each before. Of the real files 1.003 at most. */
  goGrowth: 5,
  goEntriesAlways: 20_000,
  /** Bytes of a trie's frames put together, for each byte of it: a byte a node would take the square of its size. Real ones: 1.5. */
  trieRatio: 10,
  trieBytesAlways: 2 * 1024 * 1024,
  /** Of a chunk's constant pools. Each is an object until the chunk is read. Recorders write some tens of thousands. */
  jfrPoolEntries: 500_000,
  /** Strings of a chunk's metadata, and its elements and attributes. */
  jfrMetadataRows: 100_000,
  jfrChunks: 10_000,
  /** Of resources and scopes, counted for each profile that has them. */
  otlpAttributes: 500_000,
  /** Series, labels and profiles of a Push request that comes as JSON or gRPC-Web: a library makes an object of each. */
  messagesPerRequest: 250_000,
  /** Of an OTLP request, or entries of one list: eight bytes or so of each are held. Of real ones a row takes about 60 bytes. */
  otlpRows: 2_000_000,
  /** Profiles that one request may bring, by its bytes: each has an id and a place in its batch. Of real ones a profile takes 700 bytes. */
  otlpBytesPerProfile: 200,
  otlpProfilesAlways: 5000,
  /** A dictionary's rows are read by each service that has samples of them: this often on average, and this many bytes anyway. */
  otlpReadings: 4,
  otlpReadAlways: 1_000_000,
  /** What an agent says of its sample types, of which it has a handful: some 60 bytes each. */
  sampleTypeConfigBytes: 64 * 1024,
} as const;

/** LIMITS or another tenant's (or a test's) numbers. */
export type Limits = { readonly [name in keyof typeof LIMITS]: number };

/** What holds for a tenant: numbers, and what may be none. */
export interface TenantLimits extends Limits {
  /** Older uploads are refused. Null: nothing is too old. */
  readonly tooOldSeconds: number | null;
  /** Uploads further ahead are stored at the time of receipt. */
  readonly tooNewSeconds: number;
  /** Of the profiles as sent, over all apps of the tenant. Null: no limit. */
  readonly ingestBytesPerSecond: number | null;
  readonly ingestBurstBytes: number;
  readonly profilesPerSecond: number | null;
  readonly profilesBurst: number;
  /** Over the rate: `shed` counts totals and leaves stacks out, `reject` answers 429. */
  readonly overload: "shed" | "reject";
  /** Longest range of a question. Null: no limit. */
  readonly queryRangeSeconds: number | null;
  /** Mend truncated Go stacks and write type parameters of Go names as `[...]`. */
  readonly goRepair: boolean;
  /** Put the file before function names of Python's and Ruby's samplers. */
  readonly scriptFileNames: boolean;
  /** Number the functions of old .NET agents, and write `_` for `-` in their types. */
  readonly dotnetIds: boolean;
}

export const TENANT_LIMITS: TenantLimits = {
  ...LIMITS,
  tooOldSeconds: null,
  tooNewSeconds: 86_400,
  ingestBytesPerSecond: null,
  ingestBurstBytes: 8 * 1024 * 1024,
  profilesPerSecond: null,
  profilesBurst: 100,
  overload: "shed",
  queryRangeSeconds: null,
  goRepair: true,
  scriptFileNames: true,
  dotnetIds: true,
};

/** A tenant's changed limits reach every isolate within this time. */
export const LIMITS_FRESH_SECONDS = 30;

/** How long an upload's id is remembered: one that the sender gave, and one made of a body that carries its own time. */
export const KEEP_KEY_SECONDS = 86_400;
export const KEEP_BODY_SECONDS = 300;

/** The inbox of refused and mended uploads (decision 0017). Each number is for one tenant. */
export const INBOX = {
  keepSeconds: 7 * 86_400,
  /** Entries; the oldest make room. An entry is 5 KB at most: 5 MB in all. */
  entriesPerApp: 50,
  entriesMost: 1000,
  /** Of requests that were not let in: whoever has no token must not push others' entries out. */
  entriesTurnedAway: 10,
  /** Rows written in a minute, whatever is sent: in all, for one app, and for what was not let in. */
  rowsPerMinute: 120,
  rowsPerMinuteOfApp: 20,
  rowsPerMinuteTurnedAway: 5,
  /** An isolate writes this often, and this often when it was told that too much comes. */
  pauseSeconds: 5,
  longPauseSeconds: 60,
  /** What an isolate holds back meanwhile: entries, and those of one app and reason. */
  pendingEntries: 64,
  pendingVariants: 4,
  firstBytes: 64,
  /** Of each text of the sender's. */
  textChars: 400,
  seriesChars: 1000,
} as const;

/** When an app's uploads are spread over more objects, or fewer. Rates are of one object, averaged over 30 s. */
export const SHARDING = {
  /** One object does about a thousand; EDGEFLAME_SHARD_RATE replaces it. */
  uploadsPerSecond: 500,
  /** Of encoded batches. */
  bytesPerSecond: 8 * 1024 * 1024,
  /** Below this share of the rates on every shard for `calmSeconds` the count is halved: each then has half of them at most. */
  calmShare: 1 / 4,
  calmSeconds: 3600,
  /** After a change the next waits until the rates show it. */
  settleSeconds: 60,
} as const;

/** Shares: snapshots of the page and uploaded files (decision 0018). */
export const SHARING = {
  /** Life of a share whose maker said nothing, from its last view on. */
  days: 90,
  titleChars: 200,
  /** A snapshot as the page sends it: JSON of flame graphs that it shows already. */
  snapshotBytes: 16 * 1024 * 1024,
  /** A file as it is sent. */
  uploadBytes: 50 * 1024 * 1024,
  /** The same within JSON, in base64: it is held three times while it is read. */
  formBytes: 24 * 1024 * 1024,
  /** A file after gzip: what is decoded at the edge, and what a browser can still bear. */
  decodedBytes: 32 * 1024 * 1024,
  inflatedBytes: 200 * 1024 * 1024,
  /** Life of a file that was uploaded without a token, until it is claimed. */
  anonymousDays: 30,
  /** Of one address, without a token. */
  uploadsPerHour: 60,
  bytesPerHour: 500 * 1024 * 1024,
} as const;

/** A row or blob of an object's or D1's database may have 2 MB; a margin for the row's other columns. */
export const ROW_BYTES = 1_500_000;

/** The finest time step, in seconds. */
export const SLOT_SECONDS = 10;

/** The ladder of the segment tree, in seconds, finest first (decision 0009). */
export const RUNGS = [10, 60, 600, 3600, 21_600, 86_400, 432_000, 2_592_000] as const;
export type RungSeconds = (typeof RUNGS)[number];
/** Rungs that an app's object holds; wider nodes are made when an hour is sealed and when windows are compacted. */
export const LIVE_RUNGS = [10, 60, 600] as const;
export const HOUR_SECONDS = 3600;
export const WINDOW_SECONDS = 21_600;
export const DAY_SECONDS = 86_400;
/** Windows that compaction writes, narrow first: 6 h (rungs 1 h and 6 h); 1 d, 5 d and 30 d (rungs from 1 d up to the width). */
export const MERGED_WIDTHS = [WINDOW_SECONDS, DAY_SECONDS, 432_000, 2_592_000] as const;
/** Timeline-only nodes, totals without stacks, that compacted segments carry: 1 min in 6 h windows, 10 min above. */
export const TOTALS_OF_WINDOW = 60;
export const TOTALS_OF_DAYS = 600;
/** What is kept of single spans (decision 0024). */
export const SPANS = {
  /** Of an hour that one object holds and has not sealed yet; later ones are not kept. A span takes about 40 bytes and two a frame. */
  bytesPerOpenHour: 2 * 1024 * 1024,
  /** Ids in one question. */
  idsPerQuery: 1000,
  /** Spans of an app that one answer chooses exemplars from, and counts in a heatmap: of more the heaviest. */
  listed: 10_000,
  /** Of a sealed hour's head, what the catalog's row carries; a longer one is read from the object. */
  headBytes: 16 * 1024,
} as const;

/** What one question may take, over all of its apps: memory of an isolate, calls of a request. */
export const QUESTION = {
  /** Values of single series and spans. Of a heatmap each is an object of some 150 bytes. */
  sumsApart: 300_000,
  /** Sums of timelines that are held apart, and label values × steps of those that are grouped by a label: 32 to 80 bytes each. */
  sumsTogether: 400_000,
  /** Labels that one timeline is told apart by: each is looked for in every series. A series has no more. */
  groupByLabels: 100,
  /** Objects of hours' spans; pairs of a profile's id and an app. Each takes some of the thousand calls of a request. */
  spanObjects: 300,
  profilePlaces: 200,
  /** Frames of each stack that Go's optimizer may ask for, and the nodes made of them. */
  pgoFrames: 64,
  pgoNodes: 1_000_000,
} as const;

/** Seconds for which an object stays that no row names any more: no query and no step of compaction takes that long. */
export const RETIRE_SECONDS = 3600;
/** In the catalog's `shard` columns: what compaction wrote, over all shards. */
export const MERGED_SHARD = -1;
/** Retention class, in the place of a finest rung, of the objects that hold an hour's spans: their nodes are those of 10 s. */
export const SPAN_CLASS = 1;

/** Seconds that segments are kept after their end, by class; null: for ever. Which class is what: docs/limits.md, Retention. */
export const RETENTION = {
  [SPAN_CLASS]: 7 * DAY_SECONDS,
  10: 2 * DAY_SECONDS,
  60: 14 * DAY_SECONDS,
  3600: 90 * DAY_SECONDS,
  86400: null,
} as const;
export type RetentionClass = keyof typeof RETENTION;

/** The only tenant while there is no sign-in; every key and row carries it already. */
export const ANONYMOUS_TENANT = "anonymous";

/** Where rejections point to, relative to the repository's documentation. */
export const DOCUMENTATION = "docs/limits.md";
