// The GitHub Action's script, run by bash as a runner would, against the real server.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startServer, type TestServer } from "../support/server.ts";
import { describeWithCurlAndJq } from "../support/skips.ts";

const SCRIPT = join(import.meta.dirname, "../../examples/github-action/share.sh");
const ODD_NAME = "b<img src=x onerror=1> `c`.txt";

describeWithCurlAndJq("the GitHub Action", () => {
  let server: TestServer;
  let folder: string;
  beforeAll(async () => {
    server = await startServer({ env: { EDGEFLAME_TOKEN: "write:w" } });
  });
  afterAll(() => server?.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "edgeflame-action-"));
    return () => rmSync(folder, { recursive: true });
  });

  const put = (path: string, text: string) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const read = (path: string) => readFileSync(join(folder, path), "utf8");
  /** A step of a job, as a runner runs it. */
  function step(env: Record<string, string>): Promise<{ code: number | null; printed: string }> {
    put("summary.md", "");
    const child = spawn("bash", [SCRIPT], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        EDGEFLAME_SERVER: `${server.url}/`,
        EDGEFLAME_TOKEN: "w",
        EDGEFLAME_NAME: "acme/shop main",
        GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
        GITHUB_OUTPUT: join(folder, "output"),
        RUNNER_TEMP: folder,
        ...env,
      },
    });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (printed += text));
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, printed })));
  }
  const pathsOf = (html: string) => [...html.matchAll(/<img src="([^"]+)"/g)].map(([, address]) => address!);

  it("shows each profile, compares with an earlier run, and takes names for text", async () => {
    put("out/a.folded", "main;work 3\nmain 1\n");
    put(`out/deep/${ODD_NAME}`, "main;sleep 5\n");
    const first = await step({ EDGEFLAME_FILES: "out/*.folded\n  out/**/*.txt\nnothing-*" });
    expect(first).toEqual({ code: 0, printed: "" });
    const pictures = pathsOf(read("summary.md"));
    expect(pictures).toHaveLength(2);
    for (const picture of pictures) {
      const answer = await fetch(picture);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/png"]);
    }
    expect(read("summary.md")).toContain("<h3><code>out/deep/b&lt;img src=x onerror=1&gt; `c`.txt</code></h3>");
    expect(read("output")).toContain("manifest=");
    const shares = JSON.parse(read("edgeflame-shares.json"));
    expect(Object.keys(shares)).toEqual(["out/a.folded", `out/deep/${ODD_NAME}`]);
    expect(await (await fetch(shares["out/a.folded"].url)).text()).toContain("<title>acme/shop main out/a.folded");
    // The secret that deletes is not for whoever reads the log or the cache.
    expect(read("edgeflame-shares.json") + read("summary.md")).not.toContain("delete");

    put("base.json", read("edgeflame-shares.json"));
    put("out/a.folded", "main;work 9\nmain 1\n");
    expect(await step({ EDGEFLAME_FILES: "out/*.folded", EDGEFLAME_BASE: "base.json" })).toEqual({
      code: 0,
      printed: "",
    });
    const [, difference] = pathsOf(read("summary.md"));
    const key = JSON.parse(read("edgeflame-shares.json"))["out/a.folded"].key;
    expect(difference).toBe(`${server.url}/api/preview/${shares["out/a.folded"].key}/${key}.png`);
    expect((await fetch(difference!)).status).toBe(200);
  });

  it("compares with files of a folder, and says where there is nothing to compare with", async () => {
    put("now/a.folded", "main;work 3\n");
    put("base/now/a.folded", "main;work 9\n");
    expect(await step({ EDGEFLAME_FILES: "now/a.folded", EDGEFLAME_BASE: "base" })).toEqual({ code: 0, printed: "" });
    expect(pathsOf(read("summary.md"))).toHaveLength(2);
    put("base.json", JSON.stringify({ "now/a.folded": { key: "A".repeat(32) } }));
    expect((await step({ EDGEFLAME_FILES: "now/a.folded", EDGEFLAME_BASE: "base.json" })).code).toBe(0);
    expect(read("summary.md")).toContain("nothing to compare it with any more");
  });

  it.each([
    ["no such file", { EDGEFLAME_FILES: "*.pprof" }, "no file is named by: *.pprof"],
    ["a file that is no profile", { EDGEFLAME_FILES: "prose.txt" }, "prose.txt: "],
    ["a wrong token", { EDGEFLAME_FILES: "a.folded", EDGEFLAME_TOKEN: "x" }, "a.folded: this token is not known"],
    ["no server", { EDGEFLAME_FILES: "a.folded", EDGEFLAME_SERVER: "http://127.0.0.1:1" }, "could not be reached"],
  ])("fails, and says why: %s", async (_what, env, message) => {
    put("a.folded", "main;work 3\n");
    put("prose.txt", "hello world\n");
    const { code, printed } = await step(env);
    expect([code, printed]).toEqual([1, expect.stringContaining(message)]);
    expect(printed).toContain("::error title=Edgeflame::");
  });
});
