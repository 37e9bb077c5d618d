// The messages of an OTLP profiles export request (opentelemetry-proto profiles v1development), as tables from which both
// encodings are read: the field numbers of protobuf, and the names of JSON.
//
//   ExportProfilesServiceRequest { ResourceProfiles resource_profiles = 1 …; ProfilesDictionary dictionary = 2 }
//
// Row 0 of every table of the dictionary stands for nothing. Fields that nothing is made of are not here: they are stepped over.

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
/** Of a moment only that it is there counts. */
export type FieldType = "text" | "bytes" | "number" | "long" | "moment" | MessageName;

export interface FieldRule {
  /** Name in JSON; protobuf's own name is accepted as well. */
  readonly name: string;
  readonly type: FieldType;
  readonly repeated: boolean;
  /** Eight bytes on the wire, not a varint. */
  readonly fixed: boolean;
}

type Fields = Readonly<Record<number, FieldRule>>;

const one = (name: string, type: FieldType): FieldRule => ({ name, type, repeated: false, fixed: false });
const many = (name: string, type: FieldType): FieldRule => ({ name, type, repeated: true, fixed: false });
const fixed = (rule: FieldRule): FieldRule => ({ ...rule, fixed: true });

export const MESSAGES: Readonly<Record<MessageName, Fields>> = {
  request: { 1: many("resourceProfiles", "resourceProfiles"), 2: one("dictionary", "dictionary") },
  dictionary: {
    1: many("mappingTable", "mapping"),
    2: many("locationTable", "location"),
    3: many("functionTable", "function"),
    4: many("linkTable", "link"),
    5: many("stringTable", "text"),
    6: many("attributeTable", "attribute"),
    7: many("stackTable", "stack"),
  },
  resourceProfiles: { 1: one("resource", "resource"), 2: many("scopeProfiles", "scopeProfiles") },
  resource: { 1: many("attributes", "keyValue") },
  scopeProfiles: { 1: one("scope", "scope"), 2: many("profiles", "profile") },
  scope: { 3: many("attributes", "keyValue") },
  keyValue: { 1: one("key", "text"), 2: one("value", "anyValue"), 3: one("keyStrindex", "number") },
  anyValue: {
    1: one("stringValue", "text"),
    3: one("intValue", "long"),
    5: one("arrayValue", "arrayValue"),
    8: one("stringValueStrindex", "number"),
  },
  arrayValue: { 1: many("values", "anyValue") },
  profile: {
    1: one("sampleType", "valueType"),
    2: many("samples", "sample"),
    3: fixed(one("timeUnixNano", "long")),
    4: one("durationNano", "long"),
    5: one("periodType", "valueType"),
    6: one("period", "long"),
  },
  valueType: { 1: one("typeStrindex", "number"), 2: one("unitStrindex", "number") },
  sample: {
    1: one("stackIndex", "number"),
    2: many("attributeIndices", "number"),
    3: one("linkIndex", "number"),
    4: many("values", "long"),
    5: fixed(many("timestampsUnixNano", "moment")),
  },
  mapping: { 4: one("filenameStrindex", "number"), 5: many("attributeIndices", "number") },
  location: {
    1: one("mappingIndex", "number"),
    2: one("address", "long"),
    3: many("lines", "line"),
  },
  line: { 1: one("functionIndex", "number"), 2: one("line", "long") },
  function: {
    1: one("nameStrindex", "number"),
    2: one("systemNameStrindex", "number"),
    3: one("filenameStrindex", "number"),
    4: one("startLine", "long"),
  },
  link: { 1: one("traceId", "bytes"), 2: one("spanId", "bytes") },
  attribute: { 1: one("keyStrindex", "number"), 2: one("value", "anyValue"), 3: one("unitStrindex", "number") },
  stack: { 1: many("locationIndices", "number") },
};
