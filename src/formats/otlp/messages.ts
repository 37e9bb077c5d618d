// An export request as read, whatever it was encoded in. Absent fields are absent; numbers of 64 bits are bigints.
import type { Indices, StringTable, Table, ValueSum } from "./tables.ts";

export interface OtlpRequest {
  readonly resourceProfiles?: Table<ResourceProfiles>;
  readonly dictionary?: Dictionary;
  /** Of the message, inflated. */
  readonly byteLength: number;
}

export interface ResourceProfiles {
  readonly resource?: { readonly attributes?: Table<KeyValue> };
  readonly scopeProfiles?: Table<ScopeProfiles>;
}

export interface ScopeProfiles {
  readonly scope?: { readonly attributes?: Table<KeyValue> };
  readonly profiles?: Table<OtlpProfile>;
}

export interface KeyValue {
  readonly key?: string;
  /** Row of the table of strings: see attributes.ts. */
  readonly keyStrindex?: number;
  readonly value?: AnyValue;
}

export interface AnyValue {
  readonly stringValue?: string;
  readonly intValue?: bigint;
  readonly arrayValue?: { readonly values?: Table<AnyValue> };
  readonly stringValueStrindex?: number;
}

export interface OtlpProfile {
  readonly sampleType?: ValueTypeIndex;
  readonly samples?: Table<OtlpSample>;
  readonly timeUnixNano?: bigint;
  readonly durationNano?: bigint;
  readonly periodType?: ValueTypeIndex;
  readonly period?: bigint;
}

export interface ValueTypeIndex {
  readonly typeStrindex?: number;
  readonly unitStrindex?: number;
}

export interface OtlpSample {
  readonly stackIndex?: number;
  readonly attributeIndices?: Indices;
  readonly linkIndex?: number;
  readonly values?: ValueSum;
  /** How many there are; what they say is not read. */
  readonly timestampsUnixNano?: number;
}

/** Row 0 of each table stands for nothing, and may be absent. */
export interface Dictionary {
  readonly mappingTable?: Table<OtlpMapping>;
  readonly locationTable?: Table<OtlpLocation>;
  readonly functionTable?: Table<OtlpFunction>;
  readonly stringTable?: StringTable;
  readonly attributeTable?: Table<KeyValue>;
  /** Ids in hexadecimal. */
  readonly linkTable?: Table<{ readonly traceId?: string; readonly spanId?: string }>;
  readonly stackTable?: Table<{ readonly locationIndices?: Indices }>;
}

export interface OtlpMapping {
  readonly filenameStrindex?: number;
  readonly attributeIndices?: Indices;
}

export interface OtlpFunction {
  readonly nameStrindex?: number;
  readonly systemNameStrindex?: number;
  readonly filenameStrindex?: number;
  readonly startLine?: bigint;
}

export interface OtlpLocation {
  readonly mappingIndex?: number;
  readonly address?: bigint;
  readonly lines?: Table<{ readonly functionIndex?: number; readonly line?: bigint }>;
}
