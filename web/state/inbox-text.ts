// Entries of the inbox in words. All that a sender wrote may hold any character: it is shown escaped, never obeyed.
import type { InboxEntry } from "../../src/api/inbox.ts";
import { visibleName } from "../../src/view/names.ts";

export const visible = (text: string): string => (text === "" ? "" : visibleName(text));

const REASONS: Readonly<Record<string, string>> = {
  invalid_argument: "A parameter is wrong",
  malformed_profile: "Not a readable profile",
  profile_too_large: "Profile too large",
  profile_too_old: "Profile too old",
  body_too_large: "Request too large",
  unauthenticated: "No valid token",
  permission_denied: "Token may not write",
  not_found: "Wrong address",
  method_not_allowed: "Wrong method",
  unsupported_media_type: "Wrong content type",
  rate_limited: "Too many uploads",
  depth_truncated: "Deep stacks were cut",
  symbol_truncated: "Long names were cut",
  label_dropped: "Labels were left out",
  time_replaced: "Time was replaced",
  samples_dropped: "Samples were left out",
  spans_dropped: "Spans were left out",
  nothing_stored: "Nothing was in it",
  stacks_shed: "Stacks were left out",
};

export function reasonText(reason: string): string {
  return REASONS[reason] ?? sentenceText(reason.replaceAll("_", " "));
}

/** With a capital letter. */
export const sentenceText = (text: string): string => visible(text.charAt(0).toUpperCase() + text.slice(1));

/** Of no application: the name could not be read, or the request was not let in. */
export const appText = (app: string | null): string => (app === null ? "No application" : visible(app));

/** `sent 1,200,000, allowed 1,000,000`; null where no limit was passed. */
export function limitText({ limit, actual, allowed }: InboxEntry): string | null {
  if (limit === null) return null;
  return `sent ${amountText(actual)}, allowed ${amountText(allowed)}`;
}

const amountText = (amount: number | string | null): string =>
  typeof amount === "number" ? amount.toLocaleString("en-US") : visible(amount ?? "unknown");

/** Below the page's own address. */
export const explanationOf = ({ limit, outcome, reason }: InboxEntry): string | null => {
  if (limit !== null) return `./docs/limits.md#${encodeURIComponent(limit)}`;
  return outcome === "refused" ? `./docs/errors.md#${encodeURIComponent(reason)}` : null;
};

export const timesText = (count: number): string => (count === 1 ? "once" : `${count.toLocaleString("en-US")} times`);

const ROW_BYTES = 16;

/** `0000  1f 8b 08 00 …  ....`, 16 bytes a row. */
export function dumpText({ hex, text }: InboxEntry["firstBytes"]): string {
  const rows: string[] = [];
  for (let at = 0; at < text.length; at += ROW_BYTES) {
    const pairs = hex.slice(2 * at, 2 * (at + ROW_BYTES)).match(/../g) ?? [];
    const left = pairs.join(" ").padEnd(3 * ROW_BYTES - 1);
    rows.push(`${at.toString(16).padStart(4, "0")}  ${left}  ${text.slice(at, at + ROW_BYTES)}`);
  }
  return rows.join("\n");
}
