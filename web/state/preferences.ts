// What a reader chose for this browser and not for this link: theme and time zone.
import type { ThemeName } from "./page-state.ts";
import type { Zone } from "./time-form.ts";

const THEME = "edgeflame.theme";
const ZONE = "edgeflame.zone";

/** Storage can be forbidden (private windows, embeds): then choices last as long as the page. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // See read().
  }
}

export function storedTheme(): ThemeName | null {
  const value = read(THEME);
  return value === "light" || value === "dark" ? value : null;
}

/** null follows the operating system. */
export const storeTheme = (theme: ThemeName | null): void => write(THEME, theme);

export const storedZone = (): Zone => (read(ZONE) === "utc" ? "utc" : "local");
export const storeZone = (zone: Zone): void => write(ZONE, zone === "utc" ? zone : null);
