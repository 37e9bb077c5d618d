// The form by which a reader tells the operator of a share.

import { escapeHtml } from "../lib/escape-html.ts";
import { REPORTS } from "./limits.ts";
import { notice, shownTitle } from "./page-html.ts";

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

export const thanksPage = (outcome: keyof typeof THANKS): string => notice("Thank you", `<p>${THANKS[outcome]}</p>`);

export function reportPage(title: string): string {
  const choices = Object.entries(REASONS).map(
    ([reason, words]) => `<p><label><input type="radio" name="reason" value="${reason}" required> ${words}</label></p>`,
  );
  return notice(
    "Report this flame graph",
    [
      `<p>${escapeHtml(shownTitle(title))}</p>`,
      `<form method="post"><fieldset><legend>What is wrong with it?</legend>${choices.join("")}</fieldset>`,
      `<p><label>Details, if they help:<br><textarea name="details" rows="5" cols="40" maxlength="${REPORTS.detailsChars}"></textarea></label></p>`,
      `<p>The operator of this server will read it. Nothing about you is kept with it.</p>`,
      `<button type="submit">Send the report</button></form>`,
    ].join(""),
  );
}
