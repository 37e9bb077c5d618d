// SelectMergeStacktraces with `async`: the first request is answered with an id, and worked on afterwards; requests with the id
// are answered with how far it is, and with the flame graph once it is there. Who polls a question whose runner is dead (a
// restart, a Worker that was stopped) runs it.
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { ASYNC_QUERIES } from "../../config/clients.ts";
import {
  AsyncQueryResponseSchema,
  AsyncQueryStatus,
  AsyncQueryType,
  type SelectMergeStacktracesRequest,
  SelectMergeStacktracesRequestSchema,
  SelectMergeStacktracesResponseSchema,
} from "../../connect/gen/querier/v1/messages_pb.ts";
import { AppError, invalidArgument } from "../../lib/app-error.ts";
import { fromBase64, toBase64 } from "../../lib/base64.ts";
import type { Clock } from "../../lib/clock.ts";
import {
  type AsyncStore,
  answerAsync,
  askAsync,
  failAsync,
  findAsync,
  readAsyncAnswer,
  resumeAsync,
} from "../../storage/async-queries.ts";
import type { StacktracesAnswer } from "./stacktraces.ts";

export interface AsyncPorts extends AsyncStore {
  readonly clock: Clock;
  readonly newId: () => string;
  /** Answers the question as if it were asked now. @throws AppError whose text is for the client */
  readonly answer: (question: SelectMergeStacktracesRequest) => Promise<StacktracesAnswer>;
  /** Lets work go on when the request is answered. */
  readonly later: (work: Promise<void>) => void;
}

/** Whether a request wants to be answered later: what a client says that knows of it and does not want it is not. */
export const isAsync = ({ async }: SelectMergeStacktracesRequest): boolean =>
  async !== undefined && async.type !== AsyncQueryType.DISABLED;

/** @throws AppError not_found for an id that is not there, rate_limited when too many are under way */
export async function selectStacktracesLater(
  ports: AsyncPorts,
  { async, ...question }: SelectMergeStacktracesRequest,
): Promise<StacktracesAnswer> {
  if (async?.type !== AsyncQueryType.FORCE) throw invalidArgument(`unknown async query type ${async?.type}`);
  return async.requestId === "" ? submit(ports, question) : poll(ports, async.requestId);
}

async function submit(
  ports: AsyncPorts,
  question: Omit<SelectMergeStacktracesRequest, "async">,
): Promise<StacktracesAnswer> {
  const { running, questionBytes } = ASYNC_QUERIES;
  const message = create(SelectMergeStacktracesRequestSchema, question);
  const bytes = toBinary(SelectMergeStacktracesRequestSchema, message);
  if (bytes.length > questionBytes)
    throw invalidArgument(`the question has ${bytes.length} bytes, limit asyncQuestionBytes is ${questionBytes}`, {
      limit: "asyncQuestionBytes",
      actual: bytes.length,
      allowed: questionBytes,
    });
  const id = ports.newId();
  if (!(await askAsync(ports, { id, question: toBase64(bytes) }, secondsOf(ports))))
    throw new AppError("rate_limited", `the maximum number of concurrent async queries (${running}) is reached`, {
      limit: "asyncRunning",
      actual: running + 1,
      allowed: running,
      retryAfterSeconds: 1,
    });
  ports.later(run(ports, { id, attempt: 1 }, message));
  return inProgress(id);
}

async function poll(ports: AsyncPorts, id: string): Promise<StacktracesAnswer> {
  const now = secondsOf(ports);
  const row = await findAsync(ports, id, now);
  if (row === null) throw notFound();
  if (row.isStale) return failed(id, "profiles were deleted since the question was asked: ask again");
  switch (row.state) {
    case "failed":
      return failed(id, row.message ?? "");
    case "done": {
      const bytes = await readAsyncAnswer(ports, id, row);
      if (bytes === null) throw notFound();
      const answer = fromBinary(SelectMergeStacktracesResponseSchema, bytes);
      answer.async = create(AsyncQueryResponseSchema, { requestId: id, status: AsyncQueryStatus.SUCCESS });
      return answer;
    }
    case "running": {
      if (row.leaseUntil > now) return inProgress(id);
      const taken = await resumeAsync(ports, id, now);
      // Somebody else has just taken it, or nobody may any more.
      if (taken === null && row.attempt >= ASYNC_QUERIES.attempts)
        return failed(id, `the query was begun ${row.attempt} times and never finished: ask for less`);
      if (taken !== null) {
        const question = fromBinary(SelectMergeStacktracesRequestSchema, fromBase64(taken.question));
        ports.later(run(ports, { id, attempt: taken.attempt }, question));
      }
      return inProgress(id);
    }
  }
}

const secondsOf = ({ clock }: AsyncPorts): number => Math.floor(clock());
const notFound = (): AppError => new AppError("not_found", "async query not found");
const inProgress = (requestId: string): StacktracesAnswer => ({
  async: { requestId, status: AsyncQueryStatus.IN_PROGRESS },
});
const failed = (requestId: string, errorMessage: string): StacktracesAnswer => ({
  async: { requestId, status: AsyncQueryStatus.FAILURE, errorMessage },
});

/** Never rejects but for the store's own faults: then the lease runs out, and the next poll begins anew. */
async function run(
  ports: AsyncPorts,
  place: { readonly id: string; readonly attempt: number },
  question: SelectMergeStacktracesRequest,
): Promise<void> {
  let bytes: Uint8Array;
  try {
    bytes = encoded(await ports.answer(question));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return failAsync(ports, place.id, error.message.slice(0, MESSAGE_CHARS));
  }
  await answerAsync(ports, place, bytes, secondsOf(ports));
}

const MESSAGE_CHARS = 4096;

function encoded(answer: MessageInitShape<typeof SelectMergeStacktracesResponseSchema>): Uint8Array {
  const { answerBytes } = ASYNC_QUERIES;
  const bytes = toBinary(SelectMergeStacktracesResponseSchema, create(SelectMergeStacktracesResponseSchema, answer));
  if (bytes.length > answerBytes)
    throw invalidArgument(
      `the answer has ${bytes.length} bytes, limit asyncAnswerBytes is ${answerBytes}: ask for fewer nodes`,
    );
  return bytes;
}
