// What to do about a refusal: whoever reads the agent's log has it with the answer, whoever reads the inbox sees the same.
// The limit that was passed says most; where none was, an upload's sender is told by the kind of the error.
import type { AppError, ErrorCode } from "../lib/app-error.ts";

const LESS_AT_ONCE = "send less at once: a shorter upload interval, or several requests";
const SHORTER_RECORDINGS = "upload more often: a recording then holds less";
const SMALLER_BATCHES = "let the exporter or collector send smaller batches, or more often";
const TOO_MANY_LABELS = "a label of the samples has too many values: leave out ids and addresses";

const BY_LIMIT: Readonly<Record<string, string>> = {
  bodyBytes: "send less at once: a shorter upload interval, several requests, or gzip where it is not compressed",
  inflatedBytes: LESS_AT_ONCE,
  inflationRatio: "no real profile shrinks this much: send it without gzip if it is one",
  jsonBytes: "send it in parts, or as protobuf",
  jsonNesting: "check what writes it: no profile's JSON is as deep",
  jsonParts: "send it in parts, or as protobuf",
  samplesPerProfile: LESS_AT_ONCE,
  rowsPerProfile: LESS_AT_ONCE,
  stackEntriesPerProfile: LESS_AT_ONCE,
  nodesPerProfile: LESS_AT_ONCE,
  treeNesting: "check what writes it: no program has a stack as deep",
  trieBytes: "send folded text: there a long stack does not repeat in the keys below it",
  jfrChunks: SHORTER_RECORDINGS,
  jfrPoolEntries: SHORTER_RECORDINGS,
  jfrMetadataRows: "leave out event types of the recording's own",
  otlpRows: SMALLER_BATCHES,
  otlpProfiles: SMALLER_BATCHES,
  otlpReadings: "let the exporter or collector send fewer services in one batch",
  otlpAttributes: "give resources fewer attributes, or send fewer profiles at once",
  sampleTypeConfigBytes: "name the types of the profile alone",
  totalOfType: "check the unit of the values: no process uses that much",
  seriesPerUpload: TOO_MANY_LABELS,
  batchBytes: LESS_AT_ONCE,
  typesPerApp: "give profiles of different programs different service names",
  tooOldSeconds: "check the clock of the sender, or let tooOldSeconds be raised for the tenant",
  messagesPerRequest: "send it as application/proto, or in several requests",
  profilesPerRequest: "send the profiles in several requests",
  inflatedBytesPerRequest: "send the profiles in several requests",
  servicesPerRequest: "send the profiles in several requests",
  labelValueBytes: "send a shorter value",
  labelNameBytes: "give the label a shorter name",
  nameBytes: "send fewer or shorter labels",
  idempotencyKeyBytes: "a UUID is long enough",
  ingestBytesPerSecond: "wait as Retry-After says, sample less often, or have the tenant's rate raised",
  profilesPerSecond: "wait as Retry-After says, send longer profiles, or have the tenant's rate raised",
  queryTextBytes: "choose by fewer labels, or by a regular expression",
  groupByLabels: "group by fewer labels",
  focusBytes: "focus on a frame nearer to the root",
  settings: "delete settings that nothing reads any more",
  recordingRules: "delete a rule, or let one rule group by a label",
  sourceFileBytes: "read it where it is kept",
  queryRangeSeconds: "ask for a shorter range",
  appsPerQuery: "name the service, or choose fewer of them",
  collapsedChars: "ask for a shorter range or one label",
};

/** Of what is no upload: there is no profile in it. */
const BY_LIMIT_OF_QUESTION: Readonly<Record<string, string>> = { bodyBytes: "send less in one request" };

/** Of uploads that were refused for no limit. */
const BY_CODE = {
  invalid_argument: "correct what the message names where the agent is set up; until then it sends the same again",
  malformed_profile:
    "the body is not the format it was taken for: compare the first bytes with the format, which the parameter `format` and the Content-Type choose",
  profile_too_large: LESS_AT_ONCE,
  profile_too_old: "set the sender's clock, or let the server take older profiles (EDGEFLAME_TOO_OLD_SECONDS)",
  body_too_large: "send less at once: a shorter upload interval, gzip, or several requests",
  unauthenticated: "give the agent a token with the scope write: as Bearer token, or as the password of Basic",
  permission_denied: "give the agent a token with the scope write; the one it sends has another",
  not_found: "give the agent the server's address alone: it adds the path itself",
  conflict: "read it again, and send the change to what is there now",
  method_not_allowed: "send it with POST",
  unsupported_media_type: "send one of the types that the message lists",
  unimplemented: "send it as the message says: gzip is the only compression",
  rate_limited: "send less often, or raise the tenant's rate; agents may send this one again later",
  corrupt_storage: "a fault of the server: its log has the request",
  unavailable: "nothing is wrong with the upload: agents may send it again",
} satisfies Record<ErrorCode, string>;

/** gRPC needs trailers, which no Worker can send. */
export const NO_GRPC = "send it over HTTP: of an OpenTelemetry collector with the exporter otlphttp, not otlp";
export const isGrpc = (type: string): boolean => /^application\/grpc(\+|;|$)/.test(type);

/** What was refused. */
export type Refused = "an upload" | "a question";

/** null for a question whose refusal is about no limit: its message says it all. */
export const adviceOn = ({ code, facts }: AppError, refused: Refused): string | null =>
  facts.advice ??
  (refused === "a question" ? BY_LIMIT_OF_QUESTION[facts.limit ?? ""] : undefined) ??
  BY_LIMIT[facts.limit ?? ""] ??
  (refused === "an upload" ? BY_CODE[code] : null);

/** The message with the advice, for answers that are text alone. */
export function explained(error: AppError, refused: Refused): string {
  const advice = adviceOn(error, refused);
  return advice === null ? error.message : `${error.message}; ${advice}`;
}
