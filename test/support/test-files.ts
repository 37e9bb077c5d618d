// Reads fixtures and shared data from tests that run in workerd. Tests in Node read the files themselves.
import { env } from "cloudflare:workers";

/** `readFixture("requests/go-current/1-cpu.bin")` */
export const readFixture = (path: string): Promise<Uint8Array<ArrayBuffer>> => readBytes(`fixtures/${path}`);

/** `readShared("pprof/go-cpu.pb.gz")`. Within describeWithSharedData only. */
export const readShared = (path: string): Promise<Uint8Array<ArrayBuffer>> => readBytes(`shared/${path}`);

/** File names in a folder of the shared data, sorted. */
export async function listShared(folder: string): Promise<string[]> {
  return (await fetchFile(`shared/${folder}`)).json();
}

/** Prints in Node's terminal: what a passing test has to say. */
export async function report(text: string): Promise<void> {
  await env.TEST_FILES.fetch("http://files/print", { method: "POST", body: text });
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetchFile(path)).arrayBuffer());
}

async function fetchFile(path: string): Promise<Response> {
  const response = await env.TEST_FILES.fetch(`http://files/${path.split("/").map(encodeURIComponent).join("/")}`);
  if (!response.ok) throw new Error(await response.text());
  return response;
}
