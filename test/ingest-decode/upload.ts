// Uploads for tests: the request an agent would send, and what it becomes as text.
import { LIMITS } from "../../src/config.ts";
import { type DecodeSettings, decodeUpload, type UploadRequest } from "../../src/ingest/decode-upload.ts";
import type { DecodedUpload, UploadSeries } from "../../src/ingest/decoded-upload.ts";
import { stackPath } from "../formats/stack-lines.ts";

export const NOW = 1_700_000_020;
export const SETTINGS: DecodeSettings = { now: NOW, limits: LIMITS, goRepair: false };

type Parts = Readonly<Record<string, Uint8Array<ArrayBuffer> | string>>;

/** A multipart upload. A string is a part without a file name. */
export async function multipart(query: string, parts: Parts): Promise<UploadRequest> {
  const form = new FormData();
  for (const [name, part] of Object.entries(parts))
    form.append(name, typeof part === "string" ? part : new File([part], `${name}.bin`));
  const response = new Response(form);
  return {
    params: new URLSearchParams(query),
    contentType: response.headers.get("content-type") ?? "",
    body: new Uint8Array(await response.arrayBuffer()),
  };
}

export const raw = (query: string, body: Uint8Array<ArrayBuffer> | string, contentType = ""): UploadRequest => ({
  params: new URLSearchParams(query),
  contentType,
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
});

export const jsonPart = (value: unknown): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(value));

export async function decoded(request: UploadRequest, settings: Partial<DecodeSettings> = {}): Promise<DecodedUpload> {
  const upload = await decodeUpload(request, { ...SETTINGS, ...settings });
  if (upload === null) throw new Error("nothing to store");
  return upload;
}

export const valueAt = ({ low, high }: UploadSeries, i: number): bigint =>
  BigInt(low[i] ?? 0) + (BigInt(high?.[i] ?? 0) << 52n);

export const totalOf = (series: UploadSeries): bigint =>
  series.nodes.reduce((sum, _node, i) => sum + valueAt(series, i), 0n);

/** `id{labels} total`, one line per series; `pyroscope_spy` left out. */
export const seriesLines = ({ series }: DecodedUpload): string[] =>
  series.map((one) => {
    const labels = one.labels.filter(([name]) => name !== "pyroscope_spy").map(([name, value]) => `${name}=${value}`);
    return `${one.type.id}{${labels.join(",")}} ${totalOf(one)}`;
  });

/** `a;b;c 12`, sorted. */
export const vectorLines = ({ stacks }: DecodedUpload, series: UploadSeries): string[] =>
  Array.from(series.nodes, (node, i) => `${stackPath(stacks, node)} ${valueAt(series, i)}`).sort();
