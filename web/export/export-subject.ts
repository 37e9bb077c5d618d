// What a page tells of the graph that can be exported from it. The rest comes when the menu is opened.
import type { ShareGraph } from "../../src/api/share.ts";
import type { FlamePanelOptions } from "../panel/panel-options.ts";

export type StackFormat = "pprof" | "collapsed";

export interface ExportSubject {
  /** As a share would hold it. */
  readonly graph: ShareGraph;
  /** Where the server's root is, seen from the page: "./". */
  readonly up: string;
  /** Whole profiles, as only the server has them: under the path, of one side of a diff. Absent: they are made of the graph. */
  readonly stacks?: (format: StackFormat, side: 0 | 1, path: readonly string[]) => Promise<Uint8Array<ArrayBuffer>>;
  /** The command that asks the server for what is shown. Absent: there is no such question. */
  readonly command?: () => string;
}

export type ExportItems = NonNullable<FlamePanelOptions["exportItems"]>;

/** @param subject null when there is nothing to export */
export const lazyExports =
  (subject: () => ExportSubject | null): ExportItems =>
  async (moment) => {
    const found = subject();
    return found === null ? [] : (await import("./export-items.ts")).exportItems(found, moment);
  };
