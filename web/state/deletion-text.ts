// Deletions in words.
import type { Deletion, DeletionRequest } from "../../src/api/deletion.ts";
import type { Zone } from "./time-form.ts";
import { fullText } from "./time-text.ts";

/** What a deletion takes away. A finished one does not say whose it was. */
export function deletionText({ kind, app, query, from, until }: Deletion, zone: Zone): string {
  if (kind === "tenant") return "Everything";
  if (kind === "app") return app === null ? "A whole application" : `All of ${app}`;
  const time =
    from === null && until === null
      ? ""
      : `, ${from === null ? "the start" : fullText(from, zone)} to ${until === null ? "now" : fullText(until, zone)}`;
  // A full query says whose it is.
  if (query !== null && app !== null && query.startsWith(`${app}.`)) return `${query}${time}`;
  return `${query ?? "A part"} of ${app ?? "an application"}${time}`;
}

/** In the last step nobody is shown the data any more; its files go once no reader can still be reading them. */
const LAST_STEPS = ["purge"];

export function stateText({ state, step }: Deletion): string {
  if (state === "done") return "done";
  return LAST_STEPS.includes(step) ? "no longer shown; files go within minutes" : `under way (${step})`;
}

export interface PartChoice {
  readonly query: string;
  readonly from: string;
  readonly until: string;
}

/** null when a part was asked for and nothing says which. */
export function deletionRequest(app: string, part: PartChoice | null): DeletionRequest | null {
  if (part === null) return { app };
  const chosen = Object.entries(part)
    .map(([name, value]) => [name, value.trim()] as const)
    .filter(([, value]) => value !== "");
  return chosen.length === 0 ? null : { app, ...Object.fromEntries(chosen) };
}
