// A source file of a public GitHub repository, for who looks at a profile's line. Nothing of the request becomes part of an address
// but as a checked name: the host is fixed, redirects are not followed, and size and time are bounded. No credential is sent, so
// what is private stays so.
import { SOURCE_FILES } from "../config/clients.ts";
import { AppError, invalidArgument } from "../lib/app-error.ts";
import { readAtMost } from "../lib/read-stream.ts";

export interface SourceFileQuestion {
  readonly repositoryURL: string;
  /** Branch, tag or commit; "" for the default branch. */
  readonly ref: string;
  /** As the profile's symbols have it: where the program was built, for example. */
  readonly localPath: string;
  /** Of the project within the repository. */
  readonly rootPath: string;
}

export interface SourceFile {
  readonly content: Uint8Array;
  /** For people. */
  readonly url: string;
}

export interface SourcePorts {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Scheme and host that serves raw files. */
  readonly origin: string;
}

export const GITHUB_RAW = "https://raw.githubusercontent.com";

const REPOSITORY =
  /^(?:https?:\/\/)?(?:www\.)?github\.com\/([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))\/([A-Za-z0-9_.-]{1,100}?)(?:\.git)?\/?$/;
const ANY_HOST = /^(?:https?:\/\/)?[A-Za-z0-9.-]+\.[A-Za-z]{2,}(?:[/:]|$)/;
const REF = /^[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}$/;
const PATH_CHARS = 1024;

/** @throws AppError invalid_argument, unimplemented, not_found, unavailable */
export async function sourceFile(ports: SourcePorts, question: SourceFileQuestion): Promise<SourceFile> {
  const { owner, name } = repositoryOf(question.repositoryURL);
  const ref = question.ref === "" ? "HEAD" : question.ref;
  if (!REF.test(ref) || ref.includes("..")) throw invalidArgument(`ref ${quoted(ref)} is no branch, tag or commit`);
  const root = segmentsOf("rootPath", question.rootPath);
  const local = segmentsOf("localPath", question.localPath);
  if (local.length === 0) throw invalidArgument("localPath is required");
  const signal = AbortSignal.timeout(SOURCE_FILES.milliseconds);
  // A path of the machine that built the program begins with folders that the repository has not.
  const tries = Math.min(local.length, SOURCE_FILES.paths);
  for (let skipped = 0; skipped < tries; skipped++) {
    const path = [owner, name, ...ref.split("/"), ...root, ...local.slice(skipped)].map(encodeURIComponent).join("/");
    const content = await readRaw(ports, path, signal);
    if (content === null) continue;
    const shown = [...root, ...local.slice(skipped)].map(encodeURIComponent).join("/");
    return { content, url: `https://github.com/${owner}/${name}/blob/${encodeURI(ref)}/${shown}` };
  }
  throw new AppError("not_found", `${owner}/${name} has no public file ${quoted(local.join("/"))} at ${ref}`);
}

function repositoryOf(url: string): { owner: string; name: string } {
  const [, owner = "", name = ""] = REPOSITORY.exec(url.trim()) ?? [];
  if (owner !== "" && name !== "." && name !== "..") return { owner, name };
  if (ANY_HOST.test(url.trim()) && !/github\.com/i.test(url))
    throw new AppError("unimplemented", "only public repositories of github.com are read");
  throw invalidArgument(`repositoryURL ${quoted(url)} is not https://github.com/OWNER/NAME`);
}

/** Names between slashes; a path that climbs is refused, not mended. */
function segmentsOf(what: string, path: string): string[] {
  if (path.length > PATH_CHARS)
    throw invalidArgument(`${what} has ${path.length} characters, ${PATH_CHARS} are allowed`);
  const segments = path.split("/").filter((name) => name !== "" && name !== ".");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  if (segments.some((name) => name === ".." || /[\\\x00-\x1f]/.test(name)))
    throw invalidArgument(`${what} ${quoted(path)} is no path within a repository`);
  return segments;
}

const quoted = (text: string): string => JSON.stringify(text.slice(0, 200));

/** null: there is no such file. */
async function readRaw({ fetch, origin }: SourcePorts, path: string, signal: AbortSignal): Promise<Uint8Array | null> {
  let response: Response;
  try {
    response = await fetch(`${origin}/${path}`, { redirect: "manual", signal, headers: { accept: "*/*" } });
  } catch {
    throw notThere("does not answer");
  }
  if (response.status === 404) {
    await response.body?.cancel();
    return null;
  }
  // A redirect, too: it would lead to another host.
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    throw notThere(`answers ${response.status}`);
  }
  try {
    return await readAtMost(response.body, SOURCE_FILES.bytes, () => tooLarge);
  } catch (error) {
    throw error === tooLarge ? error : notThere("stopped within the file");
  }
}

const notThere = (what: string): AppError =>
  new AppError("unavailable", `the host of the source files ${what}`, { retryAfterSeconds: 60 });

const tooLarge = invalidArgument(`the file has over ${SOURCE_FILES.bytes} bytes`, {
  limit: "sourceFileBytes",
  actual: `over ${SOURCE_FILES.bytes}`,
  allowed: SOURCE_FILES.bytes,
});
