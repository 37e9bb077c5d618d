// What the agents themselves sent, read by another program than ours.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../agents/commands.ts";
import { BUILD_DIR, type SeenUpload } from "../agents/rideshare.ts";

/**
 * The part of a function in the CPU that a region sent for a time range, in per cent, as `go tool pprof` adds it up. An upload
 * belongs whole to the 10 s slot in which it begins.
 */
export async function sentPercent(
  uploads: readonly SeenUpload[],
  region: string,
  functionName: string,
  fromS: number,
  untilS: number,
): Promise<number> {
  const sum = { ofFunction: 0, ofAll: 0 };
  for (const upload of uploads) {
    const { params } = upload;
    const isCpu = params.get("units") === "samples" && params.get("aggregationType") === "sum";
    if (!isCpu || !params.get("name")?.includes(`region=${region}`)) continue;
    const startS = Number(params.get("from")) / 1e9;
    if (startS < fromS || startS >= untilS) continue;
    const { ofFunction, ofAll } = await milliseconds(upload, functionName);
    sum.ofFunction += ofFunction;
    sum.ofAll += ofAll;
  }
  return (100 * sum.ofFunction) / sum.ofAll;
}

async function milliseconds({ contentType, body }: SeenUpload, functionName: string) {
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
  const profile = form.get("profile");
  if (!(profile instanceof Blob)) throw new Error("an upload without a profile");
  const file = join(BUILD_DIR, "sent.pb.gz");
  mkdirSync(BUILD_DIR, { recursive: true });
  writeFileSync(file, new Uint8Array(await profile.arrayBuffer()));
  const wanted = ["-top", "-cum", "-nodecount=10000", "-nodefraction=0", "-unit=ms", "-sample_index=cpu"];
  const top = await run("go", ["tool", "pprof", ...wanted, file]);
  rmSync(file);
  // Columns: flat, flat%, sum%, cum, cum%, name.
  const row = top.split("\n").find((line) => line.endsWith(` ${functionName}`)) ?? "";
  return {
    ofFunction: Number.parseFloat(row.trim().split(/\s+/)[3] ?? "0"),
    ofAll: Number.parseFloat(/Total samples = ([\d.]+)/.exec(top)?.[1] ?? "0"),
  };
}
