// What to do about a limit that was passed, in one sentence. A refusal carries it to whoever reads the agent's log.
import type { AppError } from "../lib/app-error.ts";

const LESS_AT_ONCE = "send less at once: a shorter upload interval, or several requests";
const TOO_MANY_LABELS = "a label of the samples has too many values: leave out ids and addresses";

const ADVICE: Readonly<Record<string, string>> = {
  bodyBytes: "compress the profile with gzip, or send less at once",
  inflatedBytes: LESS_AT_ONCE,
  inflationRatio: "no real profile shrinks this much: send it without gzip if it is one",
  jsonBytes: "send it in parts, or as protobuf",
  samplesPerProfile: LESS_AT_ONCE,
  rowsPerProfile: LESS_AT_ONCE,
  stackEntriesPerProfile: LESS_AT_ONCE,
  nodesPerProfile: LESS_AT_ONCE,
  totalOfType: "check the unit of the values: no process uses that much",
  seriesPerUpload: TOO_MANY_LABELS,
  batchBytes: LESS_AT_ONCE,
  typesPerApp: "give profiles of different programs different service names",
  tooOldSeconds: "check the clock of the sender, or let tooOldSeconds be raised for the tenant",
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
  focusBytes: "focus on a frame nearer to the root",
  queryRangeSeconds: "ask for a shorter range",
  appsPerQuery: "name the service, or choose fewer of them",
  collapsedChars: "ask for a shorter range or one label",
};

/** null for a refusal that is about no limit, or whose message says it all. */
export const limitAdvice = ({ facts }: AppError): string | null => ADVICE[facts.limit ?? ""] ?? null;

/** The message with the advice, for answers that are text alone. */
export function explained(error: AppError): string {
  const advice = limitAdvice(error);
  return advice === null ? error.message : `${error.message}; ${advice}`;
}
