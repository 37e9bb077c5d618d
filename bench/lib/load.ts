// A small load driver: so many connections, each sending the next request as soon as it has its answer.
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";

export interface LoadRequest {
  readonly method: "GET" | "POST";
  /** With the query. */
  readonly path: string;
  readonly body?: Uint8Array;
  readonly contentType?: string;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Ascending. */
  readonly latenciesMs: readonly number[];
  /** Bytes of the answers' bodies. */
  readonly bytes: number;
}

export interface LoadOptions {
  readonly connections: number;
  /** Ends after so many requests or milliseconds, whichever comes first. */
  readonly requests?: number;
  readonly milliseconds?: number;
  /** Is shown the headers of every answer. */
  readonly sees?: (headers: IncomingHttpHeaders) => void;
}

/** @throws Error for an answer other than 200 */
export async function load(url: string, next: () => LoadRequest, options: LoadOptions): Promise<LoadResult> {
  const { connections, requests = Number.POSITIVE_INFINITY, milliseconds = Number.POSITIVE_INFINITY, sees } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latenciesMs: number[] = [];
  let bytes = 0;
  let begun = 0;
  const started = performance.now();
  const sender = async () => {
    while (begun < requests && performance.now() - started < milliseconds) {
      begun++;
      const from = performance.now();
      bytes += await answerBytes(url, next(), agent, sees);
      latenciesMs.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: connections }, sender));
  agent.destroy();
  latenciesMs.sort((a, b) => a - b);
  return { requests: latenciesMs.length, seconds: (performance.now() - started) / 1000, latenciesMs, bytes };
}

function answerBytes(
  url: string,
  { method, path, body, contentType }: LoadRequest,
  agent: Agent,
  sees: LoadOptions["sees"],
): Promise<number> {
  const headers: Record<string, string | number> = {};
  if (body !== undefined) headers["content-length"] = body.length;
  if (contentType !== undefined) headers["content-type"] = contentType;
  return new Promise((resolve, reject) => {
    const onAnswer = (answer: IncomingMessage) => {
      let bytes = 0;
      sees?.(answer.headers);
      answer.on("data", (piece: Buffer) => {
        bytes += piece.length;
      });
      answer.on("end", () => {
        if (answer.statusCode === 200) resolve(bytes);
        else reject(new Error(`${method} ${path.slice(0, 200)} answered ${answer.statusCode}`));
      });
    };
    request(`${url}${path}`, { method, headers, agent }, onAnswer).on("error", reject).end(body);
  });
}
