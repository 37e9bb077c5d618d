// What the embedded server refuses to start with: settings with which it would start, and then answer nobody.
import { describe, expect, it } from "vitest";
import { readSettings } from "../../scripts/server/settings.ts";

const read = (env: NodeJS.ProcessEnv) => readSettings(env, "/");

describe("readSettings", () => {
  it.each<[what: string, env: NodeJS.ProcessEnv, why: RegExp]>([
    ["a token without its scope", { EDGEFLAME_TOKEN: "s3cret" }, /scope:secret/],
    ["one such token among others", { EDGEFLAME_TOKEN: "write:a,s3cret" }, /scope:secret/],
    ["a scope without a secret", { EDGEFLAME_TOKEN: "write:" }, /scope:secret/],
    ["a token without an entry", { EDGEFLAME_TOKEN: "," }, /EDGEFLAME_TOKEN has no entry/],
    ["limits that are no JSON", { EDGEFLAME_LIMITS: "stackDepth=5" }, /EDGEFLAME_LIMITS must be JSON/],
    ["a limit that there is not", { EDGEFLAME_LIMITS: '{"stackdepth":5}' }, /stackdepth/],
    ["a limit of another type", { EDGEFLAME_LIMITS: '{"stackDepth":"deep"}' }, /stackDepth .*number/],
    ["an age that is no number of seconds", { EDGEFLAME_TOO_OLD_SECONDS: "1h" }, /EDGEFLAME_TOO_OLD_SECONDS/],
    ["a port that is none", { PORT: "abc" }, /PORT=abc/],
    ["an address for others without a token", { HOST: "0.0.0.0" }, /HOST=0.0.0.0 .*EDGEFLAME_TOKEN/],
    ["one with a blank token", { HOST: "0.0.0.0", EDGEFLAME_TOKEN: " " }, /HOST=0.0.0.0 .*EDGEFLAME_TOKEN/],
    ["one with a token of no entries", { HOST: "::", EDGEFLAME_TOKEN: " , " }, /HOST=:: .*EDGEFLAME_TOKEN/],
  ])("refuses %s", (_what, env, why) => {
    expect(() => read(env)).toThrow(why);
    expect(() => read(env)).not.toThrow(/s3cret/);
  });

  it("takes blanks for what is not set, as the Worker does", () => {
    const blank = { EDGEFLAME_TOKEN: " ", EDGEFLAME_LIMITS: " ", EDGEFLAME_TOO_OLD_SECONDS: " " };
    expect(read(blank)).toMatchObject({ host: "127.0.0.1", workerVars: blank });
    expect(read({ EDGEFLAME_TOO_OLD_SECONDS: " 3600 " })).toMatchObject({ port: 4040 });
  });

  it("takes what is right", () => {
    const env = { HOST: "0.0.0.0", EDGEFLAME_TOKEN: "write:a, read:b,", EDGEFLAME_LIMITS: '{"stackDepth":32}' };
    const { EDGEFLAME_TOKEN, EDGEFLAME_LIMITS } = env;
    expect(read(env)).toMatchObject({ url: "http://0.0.0.0:4040", workerVars: { EDGEFLAME_TOKEN, EDGEFLAME_LIMITS } });
    expect(read({})).toMatchObject({ host: "127.0.0.1", port: 4040, workerVars: { EDGEFLAME_EMBEDDED: "1" } });
  });
});
