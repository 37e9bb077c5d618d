// Files for tests in workerd, which has no file system: a service binding that this Node process answers.
//   http://files/fixtures/…  test/fixtures        http://files/shared/…  the shared data
//   http://files/print       a text that is sent is printed, also where a test passes
// A folder is answered with the JSON list of its file names.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, normalize } from "node:path";
import { type Request, Response } from "miniflare";

export function serveTestFile(
  root: string,
  sharedDataDir: string | undefined,
): (request: Request) => Response | Promise<Response> {
  const folders: Readonly<Record<string, string | undefined>> = {
    fixtures: join(root, "test/fixtures"),
    shared: sharedDataDir,
  };
  return (request) => {
    const [, area = "", ...rest] = normalize(decodeURIComponent(new URL(request.url).pathname)).split("/");
    if (area === "print") return request.text().then(print);
    const folder = folders[area];
    if (folder === undefined) return new Response(`no ${area} here`, { status: 404 });
    const path = join(folder, ...rest);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return new Response(`no file ${area}/${rest.join("/")}`, { status: 404 });
    return stats.isDirectory() ? Response.json(readdirSync(path).sort()) : new Response(readFileSync(path));
  };
}

function print(text: string): Response {
  process.stdout.write(`${text}\n`);
  return new Response(null, { status: 204 });
}
