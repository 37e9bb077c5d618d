// A flame graph in a file of its own (src/view/standalone.ts): the same panel, all of it inside, and the graph as JSON beside it. Nothing is
// fetched, remembered or sent: the address stays as it is, whoever opens the file.
import "../tokens.css";
import "../panel/panel.css";
import "../share/share.css";
import type { ShareContent } from "../../src/api/share.ts";
import { createTableView } from "../panel/table-view.ts";
import { readAddress } from "../share/share-address.ts";
import { say, showContent } from "../share/show-content.ts";

const host = document.getElementById("share");
const json = document.getElementById("graph")?.textContent;
if (host && json) show(host, json);

function show(main: HTMLElement, text: string): void {
  themeSwitch(document.querySelector("header"));
  try {
    const { content } = JSON.parse(text) as { content: ShareContent };
    const address = readAddress("", false);
    showContent(main, content, { address, createTable: createTableView, remember: () => {} });
  } catch {
    say(main, "This file is not whole: the flame graph in it cannot be read.");
  }
}

/** Light or dark, whatever the system says. */
function themeSwitch(header: HTMLElement | null): void {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "efp-select";
  button.textContent = "Light / dark";
  button.addEventListener("click", () => {
    const { dataset } = document.documentElement;
    const isDark = dataset.theme ? dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    dataset.theme = isDark ? "light" : "dark";
  });
  header?.append(button);
}
