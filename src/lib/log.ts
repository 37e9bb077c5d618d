// Logs are one JSON line per event.
export function logEvent(event: string, facts: Record<string, unknown>): void {
  console.log(JSON.stringify({ event, ...facts }));
}

/** What a log line says of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
