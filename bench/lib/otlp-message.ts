// OTLP's export request as the best library of protobuf on npm reads it: the same field tables as ours (formats/otlp/schema.ts), made
// into a description at run time, so that both read the same fields of the same bytes.
import { create, createFileRegistry, type DescMessage } from "@bufbuild/protobuf";
import {
  DescriptorProtoSchema,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import { type FieldRule, MESSAGES, type MessageName } from "../../src/formats/otlp/schema.ts";

const PACKAGE = "bench";
const { BOOL, BYTES, DOUBLE, FIXED64, INT32, INT64, MESSAGE, STRING } = FieldDescriptorProto_Type;
const PLAIN: ReadonlyMap<string, FieldDescriptorProto_Type> = new Map([
  ["text", STRING],
  ["bytes", BYTES],
  ["number", INT32],
  ["long", INT64],
  ["bool", BOOL],
  ["double", DOUBLE],
]);

const typeOf = ({ type, fixed }: FieldRule): FieldDescriptorProto_Type =>
  fixed ? FIXED64 : (PLAIN.get(type) ?? MESSAGE);

const fieldOf = (number: number, rule: FieldRule) =>
  create(FieldDescriptorProtoSchema, {
    name: rule.name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    number,
    label: rule.repeated ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL,
    type: typeOf(rule),
    ...(PLAIN.has(rule.type) ? {} : { typeName: `.${PACKAGE}.${rule.type}` }),
  });

export function otlpRequestMessage(): DescMessage {
  const file = create(FileDescriptorProtoSchema, {
    name: "otlp.proto",
    package: PACKAGE,
    syntax: "proto3",
    messageType: (Object.keys(MESSAGES) as MessageName[]).map((name) =>
      create(DescriptorProtoSchema, {
        name,
        field: Object.entries(MESSAGES[name]).map(([number, rule]) => fieldOf(Number(number), rule)),
      }),
    ),
  });
  const message = createFileRegistry(file, () => undefined).getMessage(`${PACKAGE}.request`);
  if (message === undefined) throw new Error("the description has no request");
  return message;
}
