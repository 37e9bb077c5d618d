// What a shared graph shows, in words: its query and its time; of a diff both sides'.
import type { ShareGraph, ShareLayout } from "../../src/api/share.ts";
import { visibleName } from "../../src/view/names.ts";

export function captions({ label, query, from, until, compared }: ShareGraph, layout: ShareLayout): HTMLElement[] {
  const first = layout === "comparison" ? label : compared && "Baseline";
  const lines = [
    textOf(first, query, from, until),
    compared && textOf("Comparison", compared.query, compared.from, compared.until),
  ];
  return lines.flatMap((text) => (text ? [lineOf(text)] : []));
}

const textOf = (name?: string, query?: string, from?: number, until?: number): string =>
  [
    ...[name, query].map((text) => text && visibleName(text)),
    from !== undefined && until !== undefined && spanOf(minute(from), minute(until)),
  ]
    .filter(Boolean)
    .join(" · ");

/** Of one day, the day once. */
const spanOf = (from: string, until: string): string =>
  `${from} – ${from.slice(0, 10) === until.slice(0, 10) ? until.slice(11) : until} UTC`;

/** Times come from whoever made the share: a year of five digits is not worth an exception. */
const minute = (seconds: number): string => {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? "?" : date.toISOString().slice(0, 16).replace("T", " ");
};

function lineOf(text: string): HTMLElement {
  const line = document.createElement("p");
  line.className = "efs-caption";
  line.textContent = text;
  return line;
}
