// What is written into files: the table, the names of files, the single page.
import { describe, expect, it } from "vitest";
import { tableCsv } from "../../src/view/csv.ts";
import { exportFileName } from "../../src/view/file-name.ts";
import { decodeLevels } from "../../src/view/levels.ts";
import { type FlameModel, ROOT } from "../../src/view/model.ts";
import { DATA_MARK, standaloneHtml, standalonePolicy, TITLE_MARK } from "../../src/view/standalone.ts";
import { tableRows } from "../../src/view/table-rows.ts";
import { toTop } from "../../src/view/top-table.ts";
import { RIDESHARE_DIFF } from "../web/panel/rideshare-graph.ts";
import { hostileNames, NOT_PLAIN } from "./hostile-names.ts";

function csvOf(model: FlameModel, unit = "samples"): string {
  const top = toTop(model);
  const totals = { wholes: model.sides.map(({ total }) => total[ROOT]!), names: model.names };
  return tableCsv(top, totals, tableRows(top, totals, "total", true), unit);
}
function modelOf(names: readonly string[], levels: readonly number[][], format: "single" | "double" = "single") {
  const decoded = decodeLevels({ names, levels }, format);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.model;
}
/** Of one function with all of the profile. */
const named = (name: string) =>
  modelOf(
    ["total", name],
    [
      [0, 10, 0, 0],
      [0, 10, 10, 1],
    ],
  );
/** A reader of our own, which knows quotes. */
function firstCell(csv: string, line: number): string {
  const text = csv.split("\r\n")[line] ?? "";
  const quoted = /^"((?:[^"]|"")*)"/.exec(text);
  return quoted ? quoted[1]!.replaceAll('""', '"') : text.slice(0, text.indexOf(","));
}

describe("the table as CSV", () => {
  it("has the table's rows in its order, with whole values and shares of 1", () => {
    const model = modelOf(
      ["total", "main", 'a "b", c', "main.work"],
      [
        [0, 100, 0, 0],
        [0, 75, 5, 1, 0, 25, 25, 2],
        [5, 70, 70, 3],
      ],
    );
    expect(csvOf(model)).toBe(
      [
        '"Function","Self (samples)","Self share","Total (samples)","Total share"',
        '"main",5,0.050000,75,0.750000',
        '"main.work",70,0.700000,70,0.700000',
        '"a ""b"", c",25,0.250000,25,0.250000',
        "",
      ].join("\r\n"),
    );
  });

  it("has both sides of a diff, and their difference", async () => {
    const { names, levels } = RIDESHARE_DIFF.flamebearer;
    await expect(csvOf(modelOf(names, levels as number[][], "double"))).toMatchFileSnapshot(
      "golden/rideshare-diff.csv",
    );
  });

  it.each([
    ...hostileNames,
    ...["=1+1", "+1", "-1", "-2.5", "@x", "\t=1", "\r=1", "＝1", "\n=1", "a;=1", "a\t=1"].map(
      (name) => [JSON.stringify(name), name] as const,
    ),
  ])("keeps a function named as %s a text", (_what, name) => {
    const csv = csvOf(named(name));
    expect(csv.replaceAll("\r\n", "")).not.toMatch(NOT_PLAIN);
    expect(csv.split("\r\n")).toHaveLength(3);
    const cell = firstCell(csv, 1);
    expect(csv.split("\r\n")[1]).toMatch(/^"/);
    expect(cell).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
    if (/^[\x20-\x7e]+$/.test(name)) expect(cell.replace(/^'/, "")).toBe(name);
  });
});

describe("names of exported files", () => {
  it.each([
    [{ what: "shop.cpu", from: 1767323040, until: 1767326640 }, "shop.cpu_2026-01-02T0304Z_0404Z.svg"],
    [{ what: "shop.cpu", from: 1767323040, until: 1767409440 }, "shop.cpu_2026-01-02T0304Z_2026-01-03T0304Z.svg"],
    [{ what: 'shop.cpu{region="eu"}' }, "shop.cpu-region-eu.svg"],
    [{ what: "a.cpu", compared: "a.cpu" }, "diff-a.cpu.svg"],
    [{ what: "a.cpu", compared: "b.cpu" }, "diff-a.cpu-b.cpu.svg"],
    [{ what: "../../etc/passwd" }, "etc-passwd.svg"],
    [{ what: "nul" }, "flame-graph-nul.svg"],
    [{ what: "COM1.cpu" }, "flame-graph-COM1.cpu.svg"],
    [{ what: "\u202Egnp.exe" }, "gnp.exe.svg"],
    [{ what: "" }, "flame-graph.svg"],
    [{ what: "x".repeat(1000) }, `${"x".repeat(80)}.svg`],
    [{ what: "a", from: Number.NaN, until: 1e300 }, "a.svg"],
    [{ what: "a", from: 8e12, until: 8.1e12 }, "a.svg"],
  ])("%j is in %s", (subject, name) => {
    expect(exportFileName(subject, ".svg")).toBe(name);
  });
});

describe("the single file", () => {
  const template = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-x'"><title>${TITLE_MARK}</title><h1>${TITLE_MARK}</h1>${DATA_MARK}<script>ours()</script>`;

  it.each(hostileNames)("holds a title and a function named as %s, which end nothing", (_what, name) => {
    const content = { graphs: [{ flamebearer: { names: ["total", name, "$&$'"] } }] };
    const html = standaloneHtml(template, { title: name, content });
    expect(html).not.toMatch(NOT_PLAIN);
    const tags = [...html.matchAll(/<([^\s>]+)/g)].map(([, tag]) => tag);
    expect(tags).toEqual(["meta", "title", "/title", "h1", "/h1", "script", "/script", "script", "/script"]);
    const json = /<script type="application\/json" id="graph">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
    expect(JSON.parse(json)).toEqual({ title: name, content });
  });

  it("tells its policy to whoever serves it, and is not made of anything else", () => {
    expect(standalonePolicy(template)).toBe("default-src 'none'; script-src 'sha256-x'");
    expect(standalonePolicy("<p>")).toBe("default-src 'none'");
    expect(() => standaloneHtml("<p>", { title: "", content: null })).toThrow("not built");
  });
});
