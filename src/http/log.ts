// Logs are one JSON line per event.
export function logEvent(event: string, facts: Record<string, unknown>): void {
  console.log(JSON.stringify({ event, ...facts }));
}
