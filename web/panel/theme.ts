/**
 * The page's colours as the canvas needs them. They are custom properties of the document and may be written in any
 * way CSS allows, so a hidden probe element computes them.
 */
import type { ThemeName } from "../../src/view/palette.ts";
import type { PaintTheme } from "../paint/scene.ts";
import { element } from "./dom.ts";

export interface PanelTheme {
  readonly name: ThemeName;
  readonly paint: PaintTheme;
}

export function readTheme(host: HTMLElement): PanelTheme {
  const probe = element("span", "", { hidden: true });
  host.append(probe);
  const token = (name: string): string => {
    probe.style.color = `var(--ef-${name})`;
    return getComputedStyle(probe).color;
  };
  const paint: PaintTheme = {
    background: token("bg"),
    surface: token("surface"),
    text: token("text"),
    secondaryText: token("text-2"),
    accent: token("accent"),
    merged: token("merged"),
    mergedText: token("merged-text"),
  };
  probe.remove();
  return { name: isDark(paint.background) ? "dark" : "light", paint };
}

/** Calls back when the page or the system switches between light and dark. Returns how to stop. */
export function watchTheme(onChange: () => void): () => void {
  const root = document.documentElement;
  const observer = new MutationObserver(onChange);
  observer.observe(root, { attributes: true, attributeFilter: ["data-theme", "class"] });
  const media = [matchMedia("(prefers-color-scheme: dark)"), matchMedia("(forced-colors: active)")];
  for (const query of media) query.addEventListener("change", onChange);
  return () => {
    observer.disconnect();
    for (const query of media) query.removeEventListener("change", onChange);
  };
}

/** By the background's brightness, whatever switched it. Computed colours read "rgb(r, g, b)". */
function isDark(colour: string): boolean {
  const [red = 255, green = 255, blue = 255] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}
