// Finds a Chromium that runs: CHROMIUM_PATH, the system's, then the one inside the npm package @sparticuz/chromium.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Options for `chromium.launch` of playwright-core. */
export interface ChromiumLaunch {
  readonly executablePath: string;
  readonly args: string[];
  readonly headless: true;
}

const SYSTEM_NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const MAC_PATHS = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Root has no sandbox, containers have a small /dev/shm, and nothing may be fetched in the background. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--force-color-profile=srgb",
  "--font-render-hinting=none",
];

export async function findChromium(): Promise<ChromiumLaunch | undefined> {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (!runs(named)) throw new Error(`CHROMIUM_PATH=${named} does not run`);
    return launch(named);
  }
  const system = [...pathsOnPath(), ...MAC_PATHS].find((path) => existsSync(path) && runs(path));
  if (system !== undefined) return launch(system);
  return chromiumFromPackage();
}

async function chromiumFromPackage(): Promise<ChromiumLaunch | undefined> {
  try {
    const { default: packaged } = await import("@sparticuz/chromium");
    const path = await packaged.executablePath(); // unpacks it into the temporary folder at first use
    if (!runs(path)) return undefined;
    return { executablePath: path, args: [...packaged.args, ...ARGUMENTS], headless: true };
  } catch {
    return undefined; // another system than Linux x64
  }
}

function launch(executablePath: string): ChromiumLaunch {
  return { executablePath, args: ARGUMENTS, headless: true };
}

function runs(path: string): boolean {
  return spawnSync(path, ["--version"], { timeout: 20_000 }).status === 0;
}

function pathsOnPath(): string[] {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return SYSTEM_NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
}
