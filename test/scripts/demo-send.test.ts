// How the demo sends: patient with a busy server, short with one that refuses.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { sendAll } from "../../scripts/demo/send.ts";
import type { DemoUpload } from "../../scripts/demo/uploads.ts";

interface Asked {
  readonly url: string;
  readonly authorization: string | undefined;
  readonly key: string;
  readonly body: string;
}

let closeServer = () => {};
afterEach(() => closeServer());

/** A server that answers with the statuses in turn, and 200 when they are used up. */
async function serverAnswering(statuses: readonly number[]): Promise<{ address: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const status = statuses[asked.length] ?? 200;
    const key = String(request.headers["idempotency-key"]);
    asked.push({ url: request.url ?? "", authorization: request.headers.authorization, key, body });
    response.writeHead(status, { "Retry-After": "0" }).end(status === 200 ? "" : `because ${status}`);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  closeServer = () => {
    server.closeAllConnections();
    server.close();
  };
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function* uploads(count: number): AsyncGenerator<DemoUpload> {
  for (let index = 0; index < count; index++) {
    const meta = { kind: "cpu", region: "us-east-1", fromS: 0, untilS: 60 } as const;
    yield {
      query: `name=app${index}`,
      contentType: "text/plain",
      body: new TextEncoder().encode(`body ${index}`),
      meta,
    };
  }
}

it("sends every upload once, with the token", async () => {
  const { address, asked } = await serverAnswering([]);
  let bytes = 0;
  const onSent = (size: number) => {
    bytes += size;
  };
  await sendAll(uploads(7), { server: address, token: "secret", concurrency: 3, onSent });
  expect(asked.map(({ url }) => url).toSorted()).toEqual(
    [0, 1, 2, 3, 4, 5, 6].map((index) => `/ingest?name=app${index}`),
  );
  expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer secret"]));
  expect(bytes).toBe(7 * "body 0".length);
});

it("sends an upload again, unchanged, when the server asks for patience", async () => {
  const { address, asked } = await serverAnswering([503, 429]);
  await sendAll(uploads(1), { server: address, token: null, concurrency: 1, onSent: () => {} });
  const key = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(asked).toEqual(Array(3).fill({ url: "/ingest?name=app0", authorization: undefined, key, body: "body 0" }));
  expect(new Set(asked.map((one) => one.key)).size).toBe(1);
});

it.each([400, 401, 413, 422, 500])("stops at an answer of %s, and says what it was", async (status) => {
  const { address, asked } = await serverAnswering([status]);
  const sending = sendAll(uploads(3), { server: address, token: null, concurrency: 1, onSent: () => {} });
  await expect(sending).rejects.toThrow(`answered ${status}: because ${status}`);
  expect(asked.length).toBe(1);
});
