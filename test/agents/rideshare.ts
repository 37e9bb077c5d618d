// Runs the example apps as processes of their own, and stands between them and the server to see what they send.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { freePort } from "../support/server.ts";
import { run } from "./commands.ts";

export const EXAMPLES_DIR = join(import.meta.dirname, "../../examples/rideshare");
/** Git-ignored; what is built there is built again only when its sources changed. */
export const BUILD_DIR = join(import.meta.dirname, "../../test-results/agents");

export type GoClient = "current" | "2022";
export type Environment = Readonly<Record<string, string>>;

export interface App {
  /** Everything the app printed so far. */
  readonly output: () => string;
  /** Ends it as Ctrl-C does, so that it can send what is left. */
  stop(): Promise<void>;
}

/** Builds the Go app with a client; returns the path of the program. */
export async function buildGoApp(client: GoClient): Promise<string> {
  mkdirSync(BUILD_DIR, { recursive: true });
  const program = join(BUILD_DIR, `rideshare-${client}`);
  const tags = client === "2022" ? ["-tags", "pyroscope2022"] : [];
  await run("go", ["build", ...tags, "-o", program, "."], join(EXAMPLES_DIR, "go"));
  return program;
}

/** Starts the Go app in each region, and one load generator that orders from all of them. */
export async function startGoRegions(
  program: string,
  regions: readonly string[],
  environment: Environment,
): Promise<App> {
  const apps: App[] = [];
  const servers: string[] = [];
  for (const region of regions) {
    const port = String(await freePort());
    apps.push(startApp(program, [], { ...environment, REGION: region, PORT: port }));
    servers.push(`http://127.0.0.1:${port}`);
  }
  await Promise.all(servers.map(untilUp));
  apps.push(startApp(program, ["loadgen", ...servers], environment));
  return {
    output: () => apps.map((app) => app.output()).join("\n"),
    async stop() {
      await Promise.all(apps.map((app) => app.stop()));
    },
  };
}

export function startApp(program: string, args: readonly string[], environment: Environment, cwd?: string): App {
  const child: ChildProcess = spawn(program, args, {
    env: { ...process.env, NODE_OPTIONS: "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  child.once("error", (error) => {
    output += String(error);
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    output: () => output,
    async stop() {
      child.kill("SIGINT");
      const impatience = setTimeout(() => child.kill("SIGKILL"), 8000);
      if (child.pid !== undefined) await ended;
      clearTimeout(impatience);
    },
  };
}

async function untilUp(url: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const answer = await fetch(url).catch((error: Error) => error);
    if (!(answer instanceof Error)) return void (await answer.text());
    if (tries === 100) throw new Error(`${url} does not come up`, { cause: answer });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export interface SeenUpload {
  readonly path: string;
  readonly params: URLSearchParams;
  /** Names of the multipart parts, in order; none for another body. */
  readonly parts: readonly string[];
  readonly status: number;
  readonly answer: string;
  /** Kinds of Edgeflame-Notes: what of it had to be mended. */
  readonly noted: readonly string[];
  readonly contentType: string;
  readonly body: Buffer;
  /** When the agent's first byte came, in ms of performance.now(). */
  readonly sentMs: number;
}

export interface UploadWitness {
  readonly url: string;
  readonly seen: readonly SeenUpload[];
  close(): Promise<void>;
}

/** What each side of the witness says for itself. An answer comes out of fetch() as plain bytes. */
const OF_THE_CONNECTION = new Set([
  "host",
  "connection",
  "keep-alive",
  "content-length",
  "transfer-encoding",
  "expect",
  "accept-encoding",
]);

/** Hands every request on to the server as it is, and keeps what was asked and answered. */
export async function startWitness(server: string, onUpload?: (upload: SeenUpload) => void): Promise<UploadWitness> {
  const seen: SeenUpload[] = [];
  const proxy = createServer(async (incoming, outgoing) => {
    const sentMs = performance.now();
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers))
      if (typeof value === "string" && !OF_THE_CONNECTION.has(name)) headers.set(name, value);
    const path = incoming.url ?? "/";
    const answered = await fetch(server + path, { method: incoming.method ?? "POST", headers, body });
    const answer = await answered.text();
    const { pathname, searchParams } = new URL(path, server);
    const upload = {
      path: pathname,
      params: searchParams,
      parts: partNames(body),
      status: answered.status,
      answer,
      noted: kindsOf(answered.headers.get("edgeflame-notes")),
      contentType: incoming.headers["content-type"] ?? "",
      body,
      sentMs,
    };
    seen.push(upload);
    onUpload?.(upload);
    for (const [name, value] of answered.headers) if (!OF_THE_CONNECTION.has(name)) outgoing.setHeader(name, value);
    outgoing.writeHead(answered.status).end(answer);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  };
}

const kindsOf = (notes: string | null): string[] =>
  notes === null ? [] : (JSON.parse(notes) as { readonly kind: string }[]).map(({ kind }) => kind);

function partNames(body: Buffer): string[] {
  return [...body.toString("latin1").matchAll(/Content-Disposition: form-data; name="(\w+)"/gi)].map(
    ([, name = ""]) => name,
  );
}
