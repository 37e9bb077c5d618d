// Protobuf bytes → PprofTables, in one pass. Each case carries the line of profile.proto it reads.
import { LIMITS, type Limits } from "../../config.ts";
import { tooLarge } from "../../lib/app-error.ts";
import { ProtobufReader } from "../protobuf.ts";
import { BYTES, INT, requireRoom, stringIndex } from "./fields.ts";
import { readSample } from "./read-samples.ts";
import { PprofTables, type RawValueType } from "./tables.ts";

/**
 * @param tables an earlier profile's, which nobody needs any more
 * @throws AppError malformed_profile, profile_too_large
 */
export function readTables(bytes: Uint8Array, limits: Limits, tables = new PprofTables(limits)): PprofTables {
  tables.begin(bytes, limits);
  const reader = new ProtobufReader(bytes);
  while (reader.at < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // repeated ValueType sample_type = 1
        requireRoomForType(tables);
        tables.sampleTypes.push(readValueType(reader, { type: 0, unit: 0 }));
        break;
      case 18: // repeated Sample sample = 2
        readSample(reader, tables);
        break;
      case 26: // repeated Mapping mapping = 3
        readMapping(reader, tables);
        break;
      case 34: // repeated Location location = 4
        readLocation(reader, tables);
        break;
      case 42: // repeated Function function = 5
        readFunction(reader, tables);
        break;
      case 50: {
        // repeated string string_table = 6
        requireRoom(tables.stringStarts, limits.rowsPerProfile, "strings");
        const length = reader.length();
        tables.stringStarts.push(reader.at);
        reader.at += length;
        tables.stringEnds.push(reader.at);
        break;
      }
      case 72: // int64 time_nanos = 9
        tables.timeNanos = int64(reader);
        break;
      case 80: // int64 duration_nanos = 10
        tables.durationNanos = int64(reader);
        break;
      case 90: // ValueType period_type = 11
        tables.periodType = readValueType(reader, tables.periodType);
        break;
      case 96: // int64 period = 12
        tables.period = int64(reader);
        break;
      default:
        if (tag >>> 3 <= 6) throw reader.wrongType(tag);
        reader.skip(tag);
    }
  }
  return tables;
}

function int64(reader: ProtobufReader): bigint {
  reader.wide();
  return (BigInt(reader.high) << 32n) | BigInt(reader.low >>> 0);
}

/** A line or start line: int64 on the wire, but what does not fit 31 bits is no line. */
function lineNumber(reader: ProtobufReader): number {
  reader.wide();
  return reader.high !== 0 || reader.low < 0 ? 0 : reader.low;
}

function readValueType(reader: ProtobufReader, value: RawValueType): RawValueType {
  const outer = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === INT(1)) value.type = stringIndex(reader);
    else if (tag === INT(2)) value.unit = stringIndex(reader);
    else if (tag >>> 3 <= 2) throw reader.wrongType(tag);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return value;
}

function readMapping(reader: ProtobufReader, tables: PprofTables): void {
  requireRoom(tables.mappingIds, tables.limits.rowsPerProfile, "mappings");
  let low = 0;
  let high = 0;
  let file = 0;
  let buildId = 0;
  const outer = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === INT(1)) {
      reader.wide();
      ({ low, high } = reader);
    } else if (tag === INT(5)) file = stringIndex(reader);
    else if (tag === INT(6)) buildId = stringIndex(reader);
    else if (tag === BYTES(1) || tag === BYTES(5) || tag === BYTES(6)) throw reader.wrongType(tag);
    else reader.skip(tag); // memory_start = 2, memory_limit = 3, file_offset = 4, has_… = 7 to 10
  }
  reader.leave(outer);
  tables.mappingIds.push(low, high);
  tables.mappingFiles.push(file);
  tables.mappingBuildIds.push(buildId);
}

/** A tenant may have lowered its limit below what its apps have: which of a profile's types are new is known where the app is. */
function requireRoomForType({ sampleTypes, limits }: PprofTables): void {
  const most = Math.max(limits.typesPerApp, LIMITS.typesPerApp);
  if (sampleTypes.length >= most) throw tooLarge("typesPerApp", `over ${most}`, most, "sample types of the profile");
}

function readLocation(reader: ProtobufReader, tables: PprofTables): void {
  requireRoom(tables.locationIds, tables.limits.rowsPerProfile, "locations");
  let low = 0;
  let high = 0;
  let mappingLow = 0;
  let mappingHigh = 0;
  let addressLow = 0;
  let addressHigh = 0;
  const outer = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: // uint64 id = 1
        reader.wide();
        ({ low, high } = reader);
        break;
      case 16: // uint64 mapping_id = 2
        reader.wide();
        ({ low: mappingLow, high: mappingHigh } = reader);
        break;
      case 24: // uint64 address = 3
        reader.wide();
        ({ low: addressLow, high: addressHigh } = reader);
        break;
      case 34: // repeated Line line = 4
        readLine(reader, tables);
        break;
      default:
        if (tag >>> 3 <= 4) throw reader.wrongType(tag);
        reader.skip(tag); // bool is_folded = 5
    }
  }
  reader.leave(outer);
  tables.locationIds.push(low, high);
  tables.locationMappings.push(mappingLow, mappingHigh);
  tables.locationAddresses.push(addressLow, addressHigh);
  tables.locationLineEnds.push(tables.lineNumbers.length);
}

function readLine(reader: ProtobufReader, tables: PprofTables): void {
  requireRoom(tables.lineNumbers, tables.limits.rowsPerProfile, "lines");
  let low = 0;
  let high = 0;
  let line = 0;
  const outer = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === INT(1)) {
      reader.wide();
      ({ low, high } = reader);
    } else if (tag === INT(2)) line = lineNumber(reader);
    else if (tag >>> 3 <= 2) throw reader.wrongType(tag);
    else reader.skip(tag); // int64 column = 3
  }
  reader.leave(outer);
  tables.lineFunctions.push(low, high);
  tables.lineNumbers.push(line);
}

function readFunction(reader: ProtobufReader, tables: PprofTables): void {
  requireRoom(tables.functionIds, tables.limits.rowsPerProfile, "functions");
  let low = 0;
  let high = 0;
  let name = 0;
  let systemName = 0;
  let file = 0;
  let startLine = 0;
  const outer = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: // uint64 id = 1
        reader.wide();
        ({ low, high } = reader);
        break;
      case 16: // int64 name = 2
        name = stringIndex(reader);
        break;
      case 24: // int64 system_name = 3
        systemName = stringIndex(reader);
        break;
      case 32: // int64 filename = 4
        file = stringIndex(reader);
        break;
      case 40: // int64 start_line = 5
        startLine = lineNumber(reader);
        break;
      default:
        if (tag >>> 3 <= 5) throw reader.wrongType(tag);
        reader.skip(tag);
    }
  }
  reader.leave(outer);
  tables.functionIds.push(low, high);
  tables.functionNames.push(name);
  tables.functionSystemNames.push(systemName);
  tables.functionFiles.push(file);
  tables.functionStartLines.push(startLine);
}
