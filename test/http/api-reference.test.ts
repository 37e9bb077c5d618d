// Every route is in the reference or left out for a reason, and every example of it is taken and answered as its schema says.
import type { DescService } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, it } from "vitest";
import { AdhocAnswer } from "../../src/api/adhoc.ts";
import { Annotation } from "../../src/api/annotations.ts";
import { EmbedAnswer } from "../../src/api/embed.ts";
import type { Operation } from "../../src/api/reference/operation.ts";
import { LEFT_OUT, OPERATIONS } from "../../src/api/reference/operations.ts";
import { ShareAnswer } from "../../src/api/share.ts";
import { createApp } from "../../src/http/app.ts";
import { readFixture } from "../support/test-files.ts";
import { call } from "../support/worker-call.ts";

// @ts-expect-error Vite fills this in; its types are not among those of the Worker
const generated: Record<string, Record<string, unknown>> = import.meta.glob("../../src/connect/gen/**/*_pb.ts", {
  eager: true,
});
const services = Object.values(generated)
  .flatMap((file) => Object.values(file))
  .filter((value): value is DescService => (value as { kind?: unknown } | null)?.kind === "service");
const methodPaths = services.flatMap(({ typeName, methods }) => methods.map(({ name }) => `POST /${typeName}/${name}`));

const keyOf = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`;
const routes = [
  ...new Set(
    createApp()
      .routes.filter(({ method, path }) => method !== "ALL" && path !== "*")
      .map(keyOf),
  ),
];

describe("the reference", () => {
  it("has every route: as an operation (src/api/reference), as a method of a service, or left out for a reason", () => {
    const told = new Set([...OPERATIONS.map(keyOf), ...Object.keys(LEFT_OUT), ...methodPaths]);
    expect(routes.filter((route) => !told.has(route))).toEqual([]);
  });

  it("has no route that is not there", () => {
    const there = new Set(routes);
    expect([...OPERATIONS.map(keyOf), ...Object.keys(LEFT_OUT)].filter((route) => !there.has(route))).toEqual([]);
    expect(methodPaths.filter((route) => !there.has(route))).toEqual([]);
  });
});

/** What the examples call KEY, OTHER, SECRET, FILE, TOKEN, REVOKE and ANNOTATION. */
const shares: ShareAnswer[] = [];
let file: AdhocAnswer;
let embed: EmbedAnswer;
let annotation: Annotation;
const operation = (id: string): Operation => OPERATIONS.find((one) => one.id === id)!;

beforeAll(async () => {
  expect((await send(operation("ingest"))).status).toBe(200);
  for (let share = 0; share < 3; share++)
    shares.push(ShareAnswer.parse(await (await send(operation("upload"))).json()));
  file = AdhocAnswer.parse(await (await send(operation("uploadFile"))).json());
  annotation = Annotation.parse(await (await send(operation("annotate"))).json());
  embed = EmbedAnswer.parse(await (await send(operation("createEmbed"))).json());
});

const FILES: Readonly<Record<string, string>> = {
  "cpu.pprof": "pprof/go-cpu-labels.pb.gz",
  "profiles.pb": "otlp/collector-0.162.pb.gz",
};

const named = (text: string, share = shares[0]): string =>
  text
    .replaceAll("KEY", share?.key ?? "")
    .replaceAll("OTHER", shares[1]?.key ?? "")
    .replaceAll("SECRET", share?.deleteUrl.split("/").at(-1) ?? "")
    .replaceAll("ANNOTATION", String(annotation?.id))
    .replaceAll("FILE", file?.id ?? "")
    .replaceAll("TOKEN", embed?.url.split("/").at(-1) ?? "")
    .replaceAll("REVOKE", embed?.deleteUrl.split("/").at(-1) ?? "");

async function send({ method, path, example }: Operation, share = shares[0]): Promise<Response> {
  const { parts = {}, query, json, text, file: name, type } = example;
  const filled = path.replaceAll(/(?<=\/):(\w+)/g, (_all, name: string) => named(parts[name] ?? "", share));
  const pairs = Object.entries(query ?? {}).map(([name, value]) => [name, named(value, share)]);
  const body =
    json === undefined
      ? (text ?? (name === undefined ? null : await readFixture(FILES[name] ?? name)))
      : JSON.stringify(json);
  const headers = { "content-type": json === undefined ? (type ?? "") : "application/json" };
  const search = pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
  return call(`${filled}${search}`, { method, ...(body === null ? {} : { body, headers }) });
}

/** Needs a built page, or ends what the others ask for. */
const APART = new Set(["openapi", "deleteApp", "deleteShare", "takeDownShare", "deleteEmbed"]);
const examples = OPERATIONS.filter(({ id }) => !APART.has(id)).map((one) => [one.id, one] as const);

describe("the example of", () => {
  it.each(examples)("%s is taken, and answered as its schema says", async (_id, one) => {
    await expectAnswer(one, await send(one));
  });

  it.each(["deleteShare", "takeDownShare", "deleteEmbed", "deleteApp"])("%s is taken", async (id) => {
    await expectAnswer(operation(id), await send(operation(id), id === "deleteShare" ? shares[0] : shares[2]));
  });
});

async function expectAnswer({ answers }: Operation, response: Response): Promise<void> {
  const type = response.headers.get("content-type")?.split(";")[0] ?? "";
  const text = type === "application/json" ? await response.text() : "";
  const expected = answers.find(({ status }) => status === response.status);
  expect(expected, `${response.status} ${text}`).toBeDefined();
  const types = expected?.content?.map((content) => content.type) ?? [];
  if (types.length > 0) expect(types).toContain(type);
  const schema = expected?.content?.find((content) => content.type === type)?.schema;
  if (schema !== undefined) expect(schema.safeParse(JSON.parse(text)).error).toBeUndefined();
}
