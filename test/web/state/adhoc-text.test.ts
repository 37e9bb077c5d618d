// Files of the ad-hoc page in words: every failure says what to do, and nothing a file is called acts.
import { describe, expect, it } from "vitest";
import type { FileFailure } from "../../../web/adhoc/file-messages.ts";
import {
  adviceText,
  failureText,
  fileText,
  graphText,
  MOST_SIZE_TEXT,
  readingText,
  titleOf,
} from "../../../web/state/adhoc-text.ts";

const failure = (change: Partial<FileFailure>): FileFailure => ({
  code: "malformed_profile",
  message: "line 3: the count is not a number",
  limit: null,
  format: "folded",
  ...change,
});

describe("a failure in words", () => {
  it("says what the file was read as, where that may be what is wrong", () => {
    expect(failureText(failure({}))).toBe("Read as collapsed stacks: line 3: the count is not a number.");
    expect(failureText(failure({ format: null }))).toBe("Line 3: the count is not a number.");
    expect(failureText(failure({ code: "profile_too_large", message: "too many stacks." }))).toBe("Too many stacks.");
  });

  it("shows what came out of the file, and obeys none of it", () => {
    const text = failureText(failure({ message: `\u202Egnp.exe ${"x".repeat(9000)}` }));
    expect(text).toContain("\\u{202e}gnp.exe");
    expect(text.length).toBeLessThan(500);
  });

  it("says what to do, another thing for each kind", () => {
    const advice = (["malformed_profile", "profile_too_large", "empty", "unreadable", "crashed"] as const).map((code) =>
      adviceText(failure({ code })),
    );
    expect(new Set(advice).size).toBe(5);
    expect(adviceText(failure({ code: "profile_too_large", limit: "inflatedBytes" }))).toContain(MOST_SIZE_TEXT);
  });
});

describe("a file in words", () => {
  it("is escaped, and never without a name", () => {
    expect(fileText("\u202Efdp.pprof")).toBe("\\u{202e}fdp.pprof");
    expect(fileText("")).toBe("profile");
  });

  it("is titled with its profile type where it has several", () => {
    const graphs = ["cpu", "samples"].map((label) => ({
      label,
      units: "count",
      sampleRate: 100,
      total: 1,
      isDifference: false,
    }));
    expect(titleOf("a.pprof", { format: "pprof", graphs, notes: [] }, 1)).toBe("a.pprof · samples");
    expect(titleOf("a.pprof", { format: "pprof", graphs: graphs.slice(0, 1), notes: [] }, 0)).toBe("a.pprof");
    expect(graphs.map((graph, at) => graphText({ ...graph, label: "" }, at))).toEqual(["profile 1", "profile 2"]);
  });

  it("is read up to its size, or unpacked up to nobody knows what", () => {
    expect(readingText("a", 1024, 4096)).toBe("a: 1.00 KiB of 4.00 KiB read");
    expect(readingText("a", 8192, 4096)).toBe("a: 8.00 KiB unpacked");
  });
});
