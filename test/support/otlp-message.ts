// OTLP's export request as the best library of protobuf on npm reads it: every field of the protocol (opentelemetry-proto, profiles
// v1development), described here apart from our reader, so that what it says of the same bytes can stand against ours.
import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  type JsonValue,
  type Registry,
  toJson,
} from "@bufbuild/protobuf";
import {
  DescriptorProtoSchema,
  type FieldDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";

const PACKAGE = "otlp";

/** A field a word: number, name, type; `*` of a repeated one. */
const MESSAGES: Readonly<Record<string, string>> = {
  Request: "1:resource_profiles:ResourceProfiles* 2:dictionary:Dictionary",
  Dictionary:
    "1:mapping_table:Mapping* 2:location_table:Location* 3:function_table:Function* 4:link_table:Link* 5:string_table:string* " +
    "6:attribute_table:Attribute* 7:stack_table:Stack*",
  ResourceProfiles: "1:resource:Resource 2:scope_profiles:ScopeProfiles* 3:schema_url:string",
  Resource: "1:attributes:KeyValue* 2:dropped_attributes_count:uint32",
  ScopeProfiles: "1:scope:Scope 2:profiles:Profile* 3:schema_url:string",
  Scope: "1:name:string 2:version:string 3:attributes:KeyValue* 4:dropped_attributes_count:uint32",
  KeyValue: "1:key:string 2:value:AnyValue 3:key_strindex:int32",
  AnyValue:
    "1:string_value:string 2:bool_value:bool 3:int_value:int64 4:double_value:double 5:array_value:ArrayValue " +
    "6:kvlist_value:KeyValueList 7:bytes_value:bytes 8:string_value_strindex:int32",
  ArrayValue: "1:values:AnyValue*",
  KeyValueList: "1:values:KeyValue*",
  Profile:
    "1:sample_type:ValueType 2:samples:Sample* 3:time_unix_nano:fixed64 4:duration_nano:uint64 5:period_type:ValueType " +
    "6:period:int64 7:profile_id:bytes 8:dropped_attributes_count:uint32 9:original_payload_format:string 10:original_payload:bytes " +
    "11:attribute_indices:int32*",
  ValueType: "1:type_strindex:int32 2:unit_strindex:int32",
  Sample:
    "1:stack_index:int32 2:attribute_indices:int32* 3:link_index:int32 4:values:int64* 5:timestamps_unix_nano:fixed64*",
  Mapping:
    "1:memory_start:uint64 2:memory_limit:uint64 3:file_offset:uint64 4:filename_strindex:int32 5:attribute_indices:int32*",
  Location: "1:mapping_index:int32 2:address:uint64 3:lines:Line* 4:attribute_indices:int32*",
  Line: "1:function_index:int32 2:line:int64 3:column:int64",
  Function: "1:name_strindex:int32 2:system_name_strindex:int32 3:filename_strindex:int32 4:start_line:int64",
  Link: "1:trace_id:bytes 2:span_id:bytes",
  Attribute: "1:key_strindex:int32 2:value:AnyValue 3:unit_strindex:int32",
  Stack: "1:location_indices:int32*",
};

const { BOOL, BYTES, DOUBLE, FIXED64, INT32, INT64, MESSAGE, STRING, UINT32, UINT64 } = FieldDescriptorProto_Type;
const PLAIN: Readonly<Record<string, FieldDescriptorProto_Type>> = {
  bool: BOOL,
  bytes: BYTES,
  double: DOUBLE,
  fixed64: FIXED64,
  int32: INT32,
  int64: INT64,
  string: STRING,
  uint32: UINT32,
  uint64: UINT64,
};

function fieldOf(word: string): FieldDescriptorProto {
  const [number = "", name = "", said = ""] = word.split(":");
  const type = said.replace("*", "");
  const plain = PLAIN[type];
  return create(FieldDescriptorProtoSchema, {
    name,
    jsonName: name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    number: Number(number),
    label: said === type ? FieldDescriptorProto_Label.OPTIONAL : FieldDescriptorProto_Label.REPEATED,
    type: plain ?? MESSAGE,
    ...(plain === undefined && { typeName: `.${PACKAGE}.${type}` }),
  });
}

const registry: Registry = createFileRegistry(
  create(FileDescriptorProtoSchema, {
    name: "otlp.proto",
    package: PACKAGE,
    syntax: "proto3",
    messageType: Object.entries(MESSAGES).map(([name, fields]) =>
      create(DescriptorProtoSchema, { name, field: fields.split(" ").map(fieldOf) }),
    ),
  }),
  () => undefined,
);

export const OTLP_REQUEST: DescMessage = registry.getMessage(`${PACKAGE}.Request`) as DescMessage;

/** Of these OTLP's JSON differs from protobuf's: they are hexadecimal. */
const IDS = new Set(["traceId", "spanId", "profileId"]);

/** A request as an exporter of OTLP's JSON sends it. */
export function otlpJsonOf(proto: Uint8Array): string {
  return JSON.stringify(toJson(OTLP_REQUEST, fromBinary(OTLP_REQUEST, proto)), (name, value: JsonValue) =>
    IDS.has(name) && typeof value === "string" ? Buffer.from(value, "base64").toString("hex") : value,
  );
}
