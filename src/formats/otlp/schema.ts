// The messages of an OTLP profiles export request (opentelemetry-proto profiles v1development), as tables from which both
// encodings are read: the field numbers of protobuf, and the names of JSON.
//
//   ExportProfilesServiceRequest { ResourceProfiles resource_profiles = 1 …; ProfilesDictionary dictionary = 2 }
//
// Lists of messages are not read before somebody asks for a row: see tables.ts. Row 0 of every table of the dictionary stands for nothing. Fields that nothing is made of are not here: they are stepped over.

export type MessageName =
  | "request"
  | "dictionary"
  | "resourceProfiles"
  | "resource"
  | "scopeProfiles"
  | "scope"
  | "keyValue"
  | "anyValue"
  | "arrayValue"
  | "profile"
  | "valueType"
  | "sample"
  | "mapping"
  | "location"
  | "line"
  | "function"
  | "link"
  | "attribute"
  | "stack";

/** How a field is read that is no message, once or (plural) any number of times. */
export type PlainReading =
  | "text"
  | "texts"
  /** In hexadecimal. */
  | "bytes"
  | "index"
  | "indices"
  | "long"
  /** Eight bytes on the wire, not a varint. */
  | "fixed"
  /** Of numbers: what those above zero are together, and how many there are. */
  | "sum"
  /** Of moments only how many there are counts. */
  | "moments";

export type FieldRule = {
  /** Name in JSON; protobuf's own name is accepted as well. */
  readonly name: string;
} & (
  | { readonly reading: PlainReading }
  /** Of `rows` each message is read when it is asked for. */
  | { readonly reading: "message" | "rows"; readonly message: MessageName }
);

type Fields = Readonly<Record<number, FieldRule>>;

const plain =
  (reading: PlainReading) =>
  (name: string): FieldRule => ({ name, reading });
const text = plain("text");
const bytes = plain("bytes");
const index = plain("index");
const indices = plain("indices");
const long = plain("long");
const one = (name: string, message: MessageName): FieldRule => ({ name, reading: "message", message });
const rows = (name: string, message: MessageName): FieldRule => ({ name, reading: "rows", message });

export const MESSAGES: Readonly<Record<MessageName, Fields>> = {
  request: { 1: rows("resourceProfiles", "resourceProfiles"), 2: one("dictionary", "dictionary") },
  dictionary: {
    1: rows("mappingTable", "mapping"),
    2: rows("locationTable", "location"),
    3: rows("functionTable", "function"),
    4: rows("linkTable", "link"),
    5: plain("texts")("stringTable"),
    6: rows("attributeTable", "attribute"),
    7: rows("stackTable", "stack"),
  },
  resourceProfiles: { 1: one("resource", "resource"), 2: rows("scopeProfiles", "scopeProfiles") },
  resource: { 1: rows("attributes", "keyValue") },
  scopeProfiles: { 1: one("scope", "scope"), 2: rows("profiles", "profile") },
  scope: { 3: rows("attributes", "keyValue") },
  keyValue: { 1: text("key"), 2: one("value", "anyValue"), 3: index("keyStrindex") },
  anyValue: {
    1: text("stringValue"),
    3: long("intValue"),
    5: one("arrayValue", "arrayValue"),
    8: index("stringValueStrindex"),
  },
  arrayValue: { 1: rows("values", "anyValue") },
  profile: {
    1: one("sampleType", "valueType"),
    2: rows("samples", "sample"),
    3: plain("fixed")("timeUnixNano"),
    4: long("durationNano"),
    5: one("periodType", "valueType"),
    6: long("period"),
  },
  valueType: { 1: index("typeStrindex"), 2: index("unitStrindex") },
  sample: {
    1: index("stackIndex"),
    2: indices("attributeIndices"),
    3: index("linkIndex"),
    4: plain("sum")("values"),
    5: plain("moments")("timestampsUnixNano"),
  },
  mapping: { 4: index("filenameStrindex"), 5: indices("attributeIndices") },
  location: { 1: index("mappingIndex"), 2: long("address"), 3: rows("lines", "line") },
  line: { 1: index("functionIndex"), 2: long("line") },
  function: {
    1: index("nameStrindex"),
    2: index("systemNameStrindex"),
    3: index("filenameStrindex"),
    4: long("startLine"),
  },
  link: { 1: bytes("traceId"), 2: bytes("spanId") },
  attribute: { 1: index("keyStrindex"), 2: one("value", "anyValue"), 3: index("unitStrindex") },
  stack: { 1: indices("locationIndices") },
};
