// Shares as tests of routes make and see them.
import { expect } from "vitest";
import type { ShareAnswer, ShareContent } from "../../src/api/share.ts";
import { call } from "../support/worker-call.ts";

const TEMPLATE = `<head><!--share:head--><script src="./assets/x.js"></script></head><body><!--share:body--></body>`;
/** Stands for the built page, which the Worker only fills in. */
export const ASSETS = { fetch: async () => new Response(TEMPLATE) };
export const see = (path: string, init?: RequestInit) => call(path, init, { ASSETS });

export const graph = (names: readonly string[] = ["total", "main", "work"]) => ({
  label: "",
  flamebearer: {
    names,
    levels: [
      [0, 10, 0, 0],
      [0, 10, 4, 1],
      [0, 6, 6, 2],
    ],
    numTicks: 10,
    maxSelf: 6,
  },
  metadata: { format: "single", units: "samples", sampleRate: 100, spyName: "gospy", name: 'shop.cpu{region="eu"}' },
  query: 'shop.cpu{region="eu"}',
});
export const request = (change: Record<string, unknown> = {}) => ({ layout: "single", graphs: [graph()], ...change });
export const postShare = (body: unknown, headers: Record<string, string> = {}) =>
  call("/api/shares", { method: "POST", body: JSON.stringify(body), headers });

export type Made = ShareAnswer & { readonly path: string; readonly deletePath: string };
export async function made(change: Record<string, unknown> = {}): Promise<Made> {
  const response = await postShare(request(change));
  expect(response.status, await response.clone().text()).toBe(200);
  const answer = (await response.json()) as ShareAnswer;
  return { ...answer, path: new URL(answer.url).pathname, deletePath: new URL(answer.deleteUrl).pathname };
}
export const dataOf = async (path: string) => (await (await see(`${path}/data`)).json()) as ShareContent;
export const policyOf = (response: Response) => response.headers.get("content-security-policy") ?? "";
