// Source files from a host that behaves, and from one that does not: a local server in the place of GitHub's.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SourceFileQuestion, sourceFile } from "../../src/http/github-file.ts";
import type { AppError } from "../../src/lib/app-error.ts";

const FILES: Readonly<Record<string, string>> = {
  "/grafana/pyroscope/HEAD/pkg/main.go": "package main",
  "/grafana/pyroscope/v1.2/ebpf/src/a%20b.go": "package ebpf",
  "/grafana/pyroscope/feature/x/README.md": "# x",
};
const asked: string[] = [];
let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const text = FILES[path];
    if (path.includes("/moved/"))
      response.writeHead(302, { location: `${origin}/grafana/pyroscope/HEAD/pkg/main.go` }).end();
    else if (path.includes("/limited/")) response.writeHead(429).end("slow down");
    else if (path.includes("/large/")) response.end(new Uint8Array(1024 * 1024 + 1));
    else if (path.includes("/cut/")) {
      response.writeHead(200, { "content-length": "100" }).write("half");
      setTimeout(() => response.destroy(), 20);
    } else if (text === undefined) response.writeHead(404).end("404: Not Found");
    else response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const QUESTION: SourceFileQuestion = {
  repositoryURL: "https://github.com/grafana/pyroscope",
  ref: "",
  localPath: "pkg/main.go",
  rootPath: "",
};

async function outcome(question: Partial<SourceFileQuestion>): Promise<string> {
  asked.length = 0;
  try {
    const { content, url } = await sourceFile({ fetch, origin }, { ...QUESTION, ...question });
    return `${new TextDecoder().decode(content)} ${url}`;
  } catch (error) {
    const { code, message } = error as AppError;
    return `${code}: ${message}`;
  }
}

describe("a source file", () => {
  it.each<[string, Partial<SourceFileQuestion>, string | RegExp]>([
    ["of the default branch", {}, "package main https://github.com/grafana/pyroscope/blob/HEAD/pkg/main.go"],
    ["of an address with .git", { repositoryURL: "github.com/grafana/pyroscope.git" }, /^package main/],
    ["where the builder's path is longer", { localPath: "/build/app/pkg/main.go" }, /^package main/],
    [
      "below the project's root, of a tag",
      { ref: "v1.2", rootPath: "ebpf", localPath: "./src/a b.go" },
      "package ebpf https://github.com/grafana/pyroscope/blob/v1.2/ebpf/src/a%20b.go",
    ],
    ["of a branch with a slash", { ref: "feature/x", localPath: "README.md" }, /^# x https.*\/blob\/feature\/x\//],
    [
      "that is not there",
      { localPath: "none.go" },
      /^not_found: grafana\/pyroscope has no public file "none.go" at HEAD$/,
    ],
    ["that is somewhere else now", { localPath: "moved/x.go" }, /^unavailable: .* answers 302$/],
    ["of a host that has enough", { localPath: "limited/x.go" }, /^unavailable: .* answers 429$/],
    ["of over a mebibyte", { localPath: "large/x.go" }, /^invalid_argument: the file has over 1048576 bytes$/],
    ["that ends too soon", { localPath: "cut/x.go" }, /^unavailable: .* stopped within the file$/],
    [
      "of another host",
      { repositoryURL: "https://gitlab.com/a/b" },
      /^unimplemented: only public repositories of github/,
    ],
    [
      "of an address that only ends like GitHub's",
      { repositoryURL: "https://evil.org/github.com/a/b" },
      /^invalid_argument/,
    ],
    ["of a host that begins like GitHub's", { repositoryURL: "https://github.com.evil.org/a/b" }, /^invalid_argument/],
    ["with a name before the host", { repositoryURL: "https://x@github.com/a/b" }, /^invalid_argument/],
    ["of a repository that climbs", { repositoryURL: "https://github.com/a/.." }, /^invalid_argument/],
    ["of no repository", { repositoryURL: "" }, /^invalid_argument: repositoryURL ""/],
    ["without a path", { localPath: "/" }, /^invalid_argument: localPath is required$/],
    ["with a path that climbs", { localPath: "a/../../b" }, /^invalid_argument: localPath .* no path within/],
    ["with a root that climbs", { rootPath: ".." }, /^invalid_argument: rootPath/],
    ["of a ref that climbs", { ref: "a/../../b" }, /^invalid_argument: ref/],
    ["of a ref with a question mark", { ref: "a?b" }, /^invalid_argument: ref/],
    ["with a path that is too long", { localPath: "a".repeat(1025) }, /^invalid_argument: localPath has 1025/],
  ])("%s", async (_what, question, expected) => {
    const found = await outcome(question);
    if (typeof expected === "string") expect(found).toBe(expected);
    else expect(found).toMatch(expected);
    if (/^(invalid_argument: (?!the file)|unimplemented)/.test(found)) expect(asked).toEqual([]);
  });

  it("is looked for at few places, and no redirect is followed", async () => {
    await outcome({ localPath: Array.from({ length: 40 }, (_, i) => `d${i}`).join("/") });
    expect(asked.length).toBe(8);
    await outcome({ localPath: "moved/x.go" });
    expect(asked).toEqual(["/grafana/pyroscope/HEAD/moved/x.go"]);
  });
});
