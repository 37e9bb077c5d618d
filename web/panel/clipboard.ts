/** Copies text. Pages served over plain HTTP have no clipboard API; there a selected text field does it. */
import type { Announcer } from "./announcer.ts";
import { element } from "./dom.ts";

export function copyAndSay(announcer: Announcer, text: string, what: string): void {
  void copyText(text).then((done) => announcer.say(`${what} ${done ? "is" : "could not be"} copied`));
}

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const focused = document.activeElement;
  const field = element("textarea", "efp-hidden", { "aria-hidden": "true", tabindex: -1 });
  field.value = text;
  // What lies outside of an open dialog can't be selected.
  (focused?.closest("dialog") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return done;
}
