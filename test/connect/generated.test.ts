// What is generated from proto/ says what proto/ says: every message, field, enum and method. Whoever changes a .proto file
// and forgets `npm run proto` hears of it here, without the compiler.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { DescEnum, DescField, DescFile, DescMessage } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import { expect, it } from "vitest";
import * as adhocprofiles from "../../src/connect/gen/adhocprofiles/v1/adhocprofiles_pb.ts";
import * as featureFlags from "../../src/connect/gen/capabilities/v1/feature_flags_pb.ts";
import * as debuginfo from "../../src/connect/gen/debuginfo/v1alpha1/debuginfo_pb.ts";
import * as profile from "../../src/connect/gen/google/v1/profile_pb.ts";
import * as push from "../../src/connect/gen/push/v1/push_pb.ts";
import * as messages from "../../src/connect/gen/querier/v1/messages_pb.ts";
import * as querier from "../../src/connect/gen/querier/v1/querier_pb.ts";
import * as recordingRules from "../../src/connect/gen/settings/v1/recording_rules_pb.ts";
import * as setting from "../../src/connect/gen/settings/v1/setting_pb.ts";
import * as types from "../../src/connect/gen/types/v1/types_pb.ts";
import * as vcs from "../../src/connect/gen/vcs/v1/vcs_pb.ts";
import * as version from "../../src/connect/gen/version/v1/version_pb.ts";

const ROOT = join(import.meta.dirname, "../..");
const GENERATED: Readonly<Record<string, readonly object[]>> = {
  "adhocprofiles/v1/adhocprofiles": Object.values(adhocprofiles),
  "capabilities/v1/feature_flags": Object.values(featureFlags),
  "debuginfo/v1alpha1/debuginfo": Object.values(debuginfo),
  "google/v1/profile": Object.values(profile),
  "push/v1/push": Object.values(push),
  "querier/v1/messages": Object.values(messages),
  "querier/v1/querier": Object.values(querier),
  "settings/v1/recording_rules": Object.values(recordingRules),
  "settings/v1/setting": Object.values(setting),
  "types/v1/types": Object.values(types),
  "vcs/v1/vcs": Object.values(vcs),
  "version/v1/version": Object.values(version),
};

/** Without their ending, below the folder. */
const filesOf = (folder: string, ending: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(join(ROOT, folder), join(entry.parentPath, entry.name)))
    .map((name) => name.replaceAll("\\", "/").slice(0, -ending.length))
    .sort();
const protoFiles = filesOf("proto", ".proto");

/** What the file declares, a line each: `Message.field = 1 repeated string`, `Enum.VALUE = 0`, `Service.Method(In) Out`. */
function declaredIn(text: string): string[] {
  const lines: string[] = [];
  const scope: string[] = [];
  for (const line of text.split("\n").map((line) => line.replace(/\/\/.*/, "").trim())) {
    const block = /^(message|enum|service|oneof) (\w+) \{(\})?$/.exec(line);
    const field = /^(repeated |optional )?([\w.]+) (\w+) = (\d+)(?: \[.*\])?;$/.exec(line);
    const value = /^([A-Z][A-Z0-9_]*) = (\d+);$/.exec(line);
    const method = /^rpc (\w+)\(([\w.]+)\) returns \(([\w.]+)\);$/.exec(line);
    if (block) {
      lines.push(`${block[1]} ${block[2]}`);
      if (block[3] === undefined) scope.push(block[1] === "oneof" ? "" : block[2]!);
    } else if (line === "}") scope.pop();
    else if (value) lines.push(`${inner(scope)}.${value[1]} = ${value[2]}`);
    else if (field) lines.push(`${inner(scope)}.${field[3]} = ${field[4]} ${field[1] ?? ""}${lastPart(field[2]!)}`);
    else if (method) lines.push(`${inner(scope)}.${method[1]}(${lastPart(method[2]!)}) ${lastPart(method[3]!)}`);
    else if (!/^(|(edition|package|option|import) .*)$/.test(line)) throw new Error(`what is this: ${line}`);
  }
  return lines.sort();
}

const inner = (scope: readonly string[]): string => scope.findLast((name) => name !== "") ?? "";
const lastPart = (name: string): string => name.split(".").at(-1)!;

function describedBy(file: DescFile): string[] {
  return [
    ...file.messages.flatMap(ofMessage),
    ...file.enums.flatMap(ofEnum),
    ...file.services.flatMap((service) => [
      `service ${service.name}`,
      ...service.methods.map((method) => `${service.name}.${method.name}(${method.input.name}) ${method.output.name}`),
    ]),
  ].sort();
}

const ofMessage = (message: DescMessage): string[] => [
  `message ${message.name}`,
  ...message.oneofs.map((oneof) => `oneof ${oneof.name}`),
  ...message.fields.map((field) => `${message.name}.${field.name} = ${field.number} ${kindOf(field)}`),
  ...message.nestedMessages.flatMap(ofMessage),
  ...message.nestedEnums.flatMap(ofEnum),
];

const ofEnum = (one: DescEnum): string[] => [
  `enum ${one.name}`,
  ...one.values.map(({ name, number }) => `${one.name}.${name} = ${number}`),
];

function kindOf(field: DescField): string {
  const of = field.message?.name ?? field.enum?.name ?? ScalarType[field.scalar ?? ScalarType.STRING].toLowerCase();
  return `${field.fieldKind === "list" ? "repeated " : ""}${of}`;
}

it.each(protoFiles)("%s.proto is what was generated", (name) => {
  const file = GENERATED[name]?.find((value) => "kind" in value && value.kind === "file") as DescFile;
  expect(describedBy(file)).toEqual(declaredIn(readFileSync(join(ROOT, "proto", `${name}.proto`), "utf8")));
});

it("is all there is", () => {
  expect(filesOf("src/connect/gen", "_pb.ts")).toEqual(protoFiles);
});
