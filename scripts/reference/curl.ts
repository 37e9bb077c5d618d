// An operation's example as the command that a person would type.
import { type Example, JSON_TYPE, type Operation } from "../../src/api/reference/operation.ts";

/** What /api/docs replaces by the server's own address. */
export const SERVER = "http://localhost:4040";

export function curlOf({ method, path, scope, example }: Operation): string {
  const url = `${SERVER}${filled(path, example)}`;
  const query = Object.entries(example.query ?? {});
  const hasBody = bodyOf(example).length > 0;
  // curl puts fields into the query of a GET; of any other request they go into the address.
  const search = new URLSearchParams(example.query);
  const words = [
    "curl",
    ...(method === "GET" ? (query.length > 0 ? ["-G"] : []) : method === "POST" && hasBody ? [] : [`-X ${method}`]),
    ...(scope === "open" ? [] : ['-H "Authorization: Bearer $TOKEN"']),
    ...bodyOf(example),
    quoted(method === "GET" || query.length === 0 ? url : `${url}?${search}`),
    ...(method === "GET" ? query.map(([name, value]) => `--data-urlencode ${quoted(`${name}=${value}`)}`) : []),
  ];
  return wrapped(words);
}

export const filled = (path: string, { parts = {} }: Example): string =>
  path.replaceAll(/(?<=\/):(\w+)/g, (_all, name: string) => parts[name] ?? name);

function bodyOf({ json, text, file, type }: Example): string[] {
  const header = (content: string) => `-H 'Content-Type: ${content}'`;
  if (json !== undefined) return [header(JSON_TYPE), `--data ${quoted(JSON.stringify(json))}`];
  if (text !== undefined) return [header(type ?? "text/plain"), `--data-binary $'${text.replaceAll("\n", "\\n")}'`];
  if (file !== undefined) return [header(type ?? "application/octet-stream"), `--data-binary @${file}`];
  return [];
}

/** For a shell; plain words stay as they are. */
const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

const LINE_CHARS = 100;

function wrapped(words: readonly string[]): string {
  const lines = [""];
  for (const word of words) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + word.length > LINE_CHARS) lines.push(`  ${word}`);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join(" \\\n");
}
