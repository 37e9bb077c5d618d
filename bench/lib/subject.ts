// The server under test: one of our own in a fresh folder, or a running one (--target).
import { startServer } from "../../test/support/server.ts";
import { type ServerUse, useOf } from "./processes.ts";

export interface Subject {
  readonly url: string;
  /** Whether it is a server of ours, whose limits and routes are known. */
  readonly isOurs: boolean;
  /** CPU and memory of all its processes; null for a server that is not ours, or off Linux. */
  use(): ServerUse | null;
  stop(): Promise<void>;
}

export async function openSubject(target: string | null): Promise<Subject> {
  if (target !== null) return { url: target, isOurs: false, use: () => null, stop: async () => {} };
  const server = await startServer();
  return {
    url: server.url,
    isOurs: true,
    use: () => useOf(server.pid),
    async stop() {
      await server.stop();
    },
  };
}
