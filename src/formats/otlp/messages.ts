// An export request as read, whatever it was encoded in. Absent fields are absent; numbers of 64 bits are bigints.

export interface OtlpRequest {
  readonly resourceProfiles?: readonly ResourceProfiles[];
  readonly dictionary?: Dictionary;
}

export interface ResourceProfiles {
  readonly resource?: { readonly attributes?: readonly KeyValue[] };
  readonly scopeProfiles?: readonly ScopeProfiles[];
}

export interface ScopeProfiles {
  readonly scope?: { readonly attributes?: readonly KeyValue[] };
  readonly profiles?: readonly OtlpProfile[];
}

export interface KeyValue {
  readonly key?: string;
  /** Row of the table of strings: see references.ts. */
  readonly keyStrindex?: number;
  readonly value?: AnyValue;
}

export interface AnyValue {
  readonly stringValue?: string;
  readonly intValue?: bigint;
  readonly arrayValue?: { readonly values?: readonly AnyValue[] };
  readonly stringValueStrindex?: number;
}

export interface OtlpProfile {
  readonly sampleType?: ValueTypeIndex;
  readonly samples?: readonly OtlpSample[];
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
  readonly attributeIndices?: readonly number[];
  readonly linkIndex?: number;
  readonly values?: readonly bigint[];
  /** As many as there are; what they say is not read. */
  readonly timestampsUnixNano?: readonly unknown[];
}

export interface Dictionary {
  readonly mappingTable?: readonly {
    readonly filenameStrindex?: number;
    readonly attributeIndices?: readonly number[];
  }[];
  readonly locationTable?: readonly OtlpLocation[];
  readonly functionTable?: readonly {
    readonly nameStrindex?: number;
    readonly systemNameStrindex?: number;
    readonly filenameStrindex?: number;
    readonly startLine?: bigint;
  }[];
  readonly stringTable?: readonly string[];
  readonly attributeTable?: readonly { readonly keyStrindex?: number; readonly value?: AnyValue }[];
  /** Ids in hexadecimal. */
  readonly linkTable?: readonly { readonly traceId?: string; readonly spanId?: string }[];
  readonly stackTable?: readonly { readonly locationIndices?: readonly number[] }[];
}

export interface OtlpLocation {
  readonly mappingIndex?: number;
  readonly address?: bigint;
  readonly lines?: readonly { readonly functionIndex?: number; readonly line?: bigint }[];
}
