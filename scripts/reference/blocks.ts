// A document as blocks, written as Markdown or as HTML. Texts may hold `code` and [links](#somewhere).
import { escapeHtml } from "../../src/lib/escape-html.ts";

export type Block =
  | { readonly kind: "heading"; readonly level: 1 | 2 | 3; readonly text: string; readonly id: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "code"; readonly text: string; readonly label: string }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

export function markdownOf(blocks: readonly Block[]): string {
  return `${blocks.map(markdownBlock).join("\n\n")}\n`;
}

function markdownBlock(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `${"#".repeat(block.level)} <a id="${block.id}"></a>${block.text}`;
    case "text":
      return block.text;
    case "list":
      return block.items.map((item) => `- ${item}`).join("\n");
    case "code":
      return block.text.replaceAll(/^/gm, "    ");
    case "table": {
      const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
      return [line(block.head), `|${block.head.map(() => "---|").join("")}`, ...block.rows.map(line)].join("\n");
    }
  }
}

export const htmlOf = (blocks: readonly Block[]): string => blocks.map(htmlBlock).join("\n");

function htmlBlock(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `<h${block.level} id="${block.id}">${inline(block.text)}</h${block.level}>`;
    case "text":
      return `<p>${inline(block.text)}</p>`;
    case "list":
      return `<ul>${block.items.map((item) => `<li>${inline(item)}</li>`).join("")}</ul>`;
    case "code":
      // Whoever has no mouse must be able to scroll it.
      return `<pre tabindex="0" role="region" aria-label="${escapeHtml(block.label)}"><code>${escapeHtml(block.text)}</code></pre>`;
    case "table": {
      const head = block.head.map((cell) => `<th scope="col">${inline(cell)}</th>`).join("");
      const rows = block.rows.map((cells) => `<tr>${cells.map((cell) => `<td>${inline(cell)}</td>`).join("")}</tr>`);
      return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
    }
  }
}

function inline(text: string): string {
  return escapeHtml(text)
    .replaceAll(/`([^`]+)`/g, "<code>$1</code>")
    .replaceAll(/\[([^\]]+)\]\(([^)\s]+)\)/g, '<a href="$2">$1</a>');
}
