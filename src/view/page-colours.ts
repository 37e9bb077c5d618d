/** The page's own colours, for pictures drawn where no style sheet is. web/tokens.css has the same, and a test says so. */
import type { ThemeName } from "./palette.ts";

export interface PageColours {
  readonly background: string;
  readonly surface: string;
  readonly text: string;
  readonly secondaryText: string;
  readonly merged: string;
  readonly mergedText: string;
}

export const PAGE_COLOURS: Readonly<Record<ThemeName, PageColours>> = {
  light: {
    background: "#ffffff",
    surface: "#f6f7f9",
    text: "#1b1f24",
    secondaryText: "#57606a",
    merged: "#d0d4da",
    mergedText: "#111111",
  },
  dark: {
    background: "#12141a",
    surface: "#1b1f27",
    text: "#e6e8ec",
    secondaryText: "#9aa4b2",
    merged: "#39404b",
    mergedText: "#c4cad4",
  },
};
