// The form by which a reader tells the operator of a share.

import { escapeHtml } from "../lib/escape-html.ts";
import type { ShareRow } from "../storage/shares.ts";
import { REPORTS } from "./limits.ts";
import { notice } from "./notice-html.ts";
import { shownTitle } from "./page-html.ts";

const REASONS = {
  private: "It shows what should not be public",
  harmful: "It is misleading, offensive or harmful",
  other: "Something else",
} as const;

export const isReportReason = (text: string): text is keyof typeof REASONS => Object.hasOwn(REASONS, text);

const THANKS = {
  kept: "The operator of this server was told.",
  enough:
    "Others reported this flame graph before, and the operator of this server has what they wrote. There is no room for more: yours was not kept.",
} as const;

/** The address is `share/<key>/report`: the graph is one step up. */
const backLink = (key: string): string => `<a href="../${key}">Back to the flame graph</a>`;

export const thanksPage = (outcome: keyof typeof THANKS, key: string): string =>
  notice("Thank you", `<p>${THANKS[outcome]}</p><p>${backLink(key)}</p>`);

/** @param reason of ours, as text */
export const notSentPage = (reason: string, key: string): string =>
  notice("The report was not sent", `<p>${escapeHtml(reason)}</p><p>${backLink(key)}</p>`);

export function reportPage({ title, key }: Pick<ShareRow, "title" | "key">): string {
  const choices = Object.entries(REASONS).map(
    ([reason, words]) =>
      `<label class="choice"><input type="radio" name="reason" value="${reason}" required>${words}</label>`,
  );
  return notice(
    "Report this flame graph",
    [
      `<p class="subject">${escapeHtml(shownTitle(title))}</p>`,
      `<form method="post"><fieldset><legend>What is wrong with it?</legend>${choices.join("")}</fieldset>`,
      `<p><label><span class="label">Details, if they help</span><textarea name="details" rows="5" maxlength="${REPORTS.detailsChars}"></textarea></label></p>`,
      `<p class="small">The operator of this server will read it. Nothing about you is kept with it.</p>`,
      `<p class="actions"><button type="submit">Send the report</button>${backLink(key)}</p></form>`,
    ].join(""),
  );
}
