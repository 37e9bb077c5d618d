// A shared flame graph's page and its embed: no framework, only the panel and what the address says. The server wrote the title,
// the total and the heaviest functions already; they give way to the graph once it is there.
import "../tokens.css";
import "../panel/panel.css";
import "./share.css";
import type { ShareContent } from "../../src/api/share.ts";
import { lazyExports } from "../export/export-subject.ts";
import { createLazyTable } from "../panel/lazy-table.ts";
import { readAddress, writeAddress } from "./share-address.ts";
import { say, showContent } from "./show-content.ts";

const main = document.getElementById("share");
const embedded = main?.dataset.embed !== undefined;
const address = readAddress(location.search, embedded);
if (address.theme !== null) document.documentElement.dataset.theme = address.theme;
document.documentElement.classList.toggle("efs-embed", embedded);
if (main) void show(main);

async function show(host: HTMLElement): Promise<void> {
  const { path = "", up = "", live } = host.dataset;
  try {
    const content = await contentOf(up + path);
    if (typeof content === "string") say(host, content);
    else {
      const setGraph = showContent(host, content, {
        address,
        createTable: createLazyTable,
        exports: (graph) => lazyExports(() => ({ graph: graph(), up })),
        remember: () => history.replaceState(null, "", writeAddress(location.pathname, address)),
      });
      if (live !== undefined && setGraph)
        (await import("./live.ts")).keepFresh(`${up}${path}/data`, setGraph, (text) => say(host, text));
    }
  } catch {
    say(host, "The flame graph could not be fetched. Reload the page to try again.");
  }
  if (embedded) (await import("./embed-height.ts")).tellHeight();
}

/** @returns a reason when there is nothing to show */
async function contentOf(path: string): Promise<ShareContent | string> {
  const response = await fetch(`${path}/data`);
  return response.ok
    ? ((await response.json()) as ShareContent)
    : (await import("./open-original.ts")).contentWithoutData(path, response);
}
