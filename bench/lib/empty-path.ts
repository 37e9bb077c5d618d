// What an upload is compared with: an empty request through the same path (HTTP → object → durable row → ack), without
// anything to read, decode or fold. Same runtime, same kind of socket, same kind of folder as the embedded server.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Miniflare } from "miniflare";
import { readProjectConfig } from "../../scripts/server/wrangler-config.ts";
import { freePort } from "../../test/support/server.ts";

export interface EmptyPath {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startEmptyPath(): Promise<EmptyPath> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "edgeflame-empty-"));
  const contents = readFileSync(join(import.meta.dirname, "empty-path-worker.js"), "utf8");
  const { compatibilityDate } = readProjectConfig(join(import.meta.dirname, "../.."));
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    telemetry: { enabled: false },
    enableDevRegistry: false,
    logRequests: false,
    resourcePersistencePath: folder,
    workers: [
      {
        config: {
          name: "empty-path",
          compatibilityDate,
          manifest: { mainModule: "worker.js", modules: { "worker.js": { type: "esm", contents } } },
          env: { EMPTY: { type: "durable-object", worker: "empty-path", exportName: "EmptyPath" } },
          exports: { EmptyPath: { type: "durable-object", storage: "sqlite" } },
        },
        dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port }] },
      },
    ],
  });
  await miniflare.ready;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      await miniflare.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
