// Output of the embedded server: one JSON object per line, so that nothing a runtime prints breaks a log pipeline.
// The one exception is the line for people that names the address.
import { Log, LogLevel } from "miniflare";

type Level = "info" | "warn" | "error";

/** Writes one event. `event` is a stable snake_case word to search for. */
export function logEvent(level: Level, event: string, fields: Record<string, unknown> = {}): void {
  const line = JSON.stringify({ time: new Date().toISOString(), level, event, ...fields });
  (level === "info" ? process.stdout : process.stderr).write(`${line}\n`);
}

/** Ends the process with one line that a person understands. */
export class StartRefused extends Error {}

/** A line from the Worker or from workerd. Lines that are JSON objects already are passed on as they are. */
export function logFromRuntime(log: { level: string; message: string }): void {
  if (isJsonObject(log.message)) {
    process.stdout.write(`${log.message}\n`);
    return;
  }
  const level = log.level === "error" || log.level === "warn" ? log.level : "info";
  logEvent(level, "runtime", { message: log.message });
}

function isJsonObject(text: string): boolean {
  if (!text.startsWith("{")) return false;
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

/** Miniflare's own log. Its addresses and hints are for developers of Workers; only warnings and errors are kept. */
export class JsonLog extends Log {
  constructor() {
    super(LogLevel.WARN);
  }
  override logWithLevel(level: LogLevel, message: string): void {
    if (level > LogLevel.WARN) return;
    logEvent(level === LogLevel.WARN ? "warn" : "error", "miniflare", { message });
  }
}
