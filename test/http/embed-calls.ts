// Live embeds as tests of routes make and see them.
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { EmbedAnswer } from "../../src/api/embed.ts";
import type { ShareContent } from "../../src/api/share.ts";
import { call } from "../support/worker-call.ts";
import { see } from "./share-calls.ts";

export const postEmbed = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
  call("/api/embeds", { method: "POST", body: JSON.stringify(body), headers });

export type Made = EmbedAnswer & { readonly path: string; readonly deletePath: string };
export async function madeEmbed(body: Record<string, unknown>): Promise<Made> {
  const response = await postEmbed(body);
  expect(response.status, await response.clone().text()).toBe(200);
  const answer = (await response.json()) as EmbedAnswer;
  return { ...answer, path: new URL(answer.url).pathname, deletePath: new URL(answer.deleteUrl).pathname };
}
export async function contentOf({ path }: Made, search = ""): Promise<ShareContent> {
  const response = await see(`${path}/data${search}`);
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as ShareContent;
}
export const totalOf = async (embed: Made) => (await contentOf(embed)).graphs[0]?.flamebearer.numTicks;
/** The keys of its objects. */
export const stored = async ({ id }: Made) =>
  (await env.SEGMENTS.list()).objects.map(({ key }) => key).filter((key) => key.includes(`/e/${id}/`));
