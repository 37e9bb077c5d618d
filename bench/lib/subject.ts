// The server under test: one of our own in a fresh folder, or a running one (--target).
import { startServer } from "../../test/support/server.ts";
import { type ServerUse, useOf } from "./processes.ts";

export interface Subject {
  readonly url: string;
  /** Whether it is a server of ours, whose limits and routes are known. */
  readonly isOurs: boolean;
  /** CPU and memory of all its processes; null for a target without its pid, or off Linux. */
  use(): ServerUse | null;
  stop(): Promise<void>;
}

/** @param pid of a target on this machine: with all it started, what it uses is said, too */
export async function openSubject(target: string | null, pid: number | null): Promise<Subject> {
  if (target !== null)
    return { url: target, isOurs: false, use: () => (pid === null ? null : useOf(pid)), stop: async () => {} };
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
