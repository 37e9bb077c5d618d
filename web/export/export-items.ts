// The export menu: every way to take a graph along. Pictures, the single file and the table are of what is seen (zoom, search,
// order); pprof and collapsed text are of the zoomed part; JSON is the whole graph. What has one side only is written twice for a diff.
import { titleOfGraph } from "../../src/api/graph-of-render.ts";
import { exportFileName } from "../../src/view/file-name.ts";
import { isDiff, ROOT } from "../../src/view/model.ts";
import { copyText } from "../panel/clipboard.ts";
import type { MenuItem } from "../panel/context-menu.ts";
import type { ExportMoment } from "../panel/panel-options.ts";
import { graphJson } from "./data-files.ts";
import type { ExportSubject, StackFormat } from "./export-subject.ts";
import { pngOf, svgOf } from "./picture.ts";
import { type SavedFile, saveFile } from "./save-file.ts";
import { standaloneFile } from "./standalone-file.ts";
import { csvOf } from "./table-file.ts";

export function exportItems(subject: ExportSubject, moment: ExportMoment): MenuItem[] {
  const { graph } = subject;
  const two = isDiff(moment.data.model);
  const what = titleOfGraph(graph);
  const named = (ending: string): string =>
    exportFileName(
      { what, from: graph.from, until: graph.until, compared: two ? (graph.compared?.query ?? what) : undefined },
      ending,
    );
  const isZoomed = moment.focus !== ROOT;
  const seen = isZoomed ? "what is zoomed to" : "";
  const save = (text: string, note: string, ending: string, make: () => Promise<SavedFile["data"]>, type: string) => ({
    text,
    note,
    run: () => exporting(moment, async () => [{ name: named(ending), type, data: await make() }]),
  });
  const stacks = (text: string, format: StackFormat, ending: string): MenuItem => ({
    text,
    note: [two ? "both sides, two files" : "", seen].filter(Boolean).join(", "),
    run: () => exporting(moment, () => stackFiles(subject, moment, format, named, ending)),
  });
  const { command } = subject;
  return [
    save("Picture (PNG)", seen, ".png", () => pngOf(svgOf(subject, moment, false)), "image/png"),
    save("Picture (SVG)", seen, ".svg", async () => svgOf(subject, moment, true).svg, "image/svg+xml"),
    save("Page in one file (HTML)", "works offline", ".html", () => standaloneFile(subject, moment), "text/html"),
    stacks("pprof", "pprof", ".pb.gz"),
    stacks("Collapsed stacks", "collapsed", ".collapsed.txt"),
    save(
      "Flamebearer (JSON)",
      isZoomed ? "the whole graph" : "",
      ".json",
      async () => graphJson(graph),
      "application/json",
    ),
    save("Table (CSV)", moment.search.keep ? "the functions found" : "", ".csv", async () => csvOf(moment), "text/csv"),
    ...(command
      ? [{ text: "Copy as curl", note: "the question to the server", run: () => copyCommand(moment, command()) }]
      : []),
  ];
}

async function stackFiles(
  subject: ExportSubject,
  moment: ExportMoment,
  format: StackFormat,
  named: (ending: string) => string,
  ending: string,
): Promise<SavedFile[]> {
  const { stacksOf } = await import("./stack-files.ts");
  const type = format === "pprof" ? "application/octet-stream" : "text/plain";
  const make = async (side: 0 | 1, mark: string): Promise<SavedFile> => ({
    name: named(mark + ending),
    type,
    data: await stacksOf(subject, moment, format, side),
  });
  if (!isDiff(moment.data.model)) return [await make(0, "")];
  return [await make(0, ".baseline"), await make(1, ".comparison")];
}

function exporting({ say }: ExportMoment, make: () => Promise<readonly SavedFile[]>): void {
  make().then(
    (files) => {
      for (const file of files) saveFile(file);
      say(`Saved ${files.map(({ name }) => name).join(" and ")}`);
    },
    (error: unknown) => say(`It could not be exported: ${error instanceof Error ? error.message : "something failed"}`),
  );
}

function copyCommand({ say }: ExportMoment, command: string): void {
  void copyText(command).then((isDone) => say(isDone ? "The command is copied" : `Copy it by hand: ${command}`));
}
