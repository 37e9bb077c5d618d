// Samples and their labels: nearly all bytes of a profile, so here the loops count.
import { tooLarge } from "../../lib/app-error.ts";
import type { ProtobufReader } from "../protobuf.ts";
import { type IdColumn, type IntColumn, pushPackedWords, tooManyEntries } from "./columns.ts";
import { INT, requireRoom, stringIndex } from "./fields.ts";
import type { PprofTables } from "./tables.ts";

export function readSample(reader: ProtobufReader, tables: PprofTables): void {
  const { limits, stackLocations, valueWords } = tables;
  if (tables.sampleCount >= limits.samplesPerProfile)
    throw tooLarge(
      "samplesPerProfile",
      `over ${tables.sampleCount}`,
      limits.samplesPerProfile,
      "the profile has too many samples",
    );
  const outer = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // repeated uint64 location_id = 1, packed
        stackLocations.pushPacked(reader, limits.stackEntriesPerProfile);
        break;
      case 8: // … or one by one
        if (stackLocations.length >= limits.stackEntriesPerProfile)
          throw tooManyEntries(stackLocations.length + 1, limits.stackEntriesPerProfile);
        pushId(reader, stackLocations);
        break;
      case 18: // repeated int64 value = 2, packed
        pushPackedWords(reader, valueWords, limits.stackEntriesPerProfile);
        break;
      case 16: // … or one by one
        if (valueWords.length / 2 >= limits.stackEntriesPerProfile)
          throw tooManyEntries(valueWords.length / 2 + 1, limits.stackEntriesPerProfile);
        pushValue(reader, valueWords);
        break;
      case 26: // repeated Label label = 3
        readLabel(reader, tables);
        break;
      default:
        if (tag >>> 3 <= 3) throw reader.wrongType(tag);
        reader.skip(tag);
    }
  }
  reader.leave(outer);
  tables.sampleStackEnds.push(stackLocations.length);
  tables.sampleValueEnds.push(valueWords.length >> 1);
  tables.sampleLabelEnds.push(tables.labelKeys.length);
}

function pushId(reader: ProtobufReader, column: IdColumn): void {
  reader.wide();
  column.push(reader.low, reader.high);
}

function pushValue(reader: ProtobufReader, words: IntColumn): void {
  reader.wide();
  words.push(reader.low);
  words.push(reader.high);
}

function readLabel(reader: ProtobufReader, tables: PprofTables): void {
  let key = 0;
  let text = 0;
  const outer = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === INT(1)) key = stringIndex(reader);
    else if (tag === INT(2)) text = stringIndex(reader);
    else if (tag >>> 3 <= 2) throw reader.wrongType(tag);
    else reader.skip(tag); // int64 num = 3, num_unit = 4: numeric labels make no series
  }
  reader.leave(outer);
  if (text === 0) return;
  requireRoom(tables.labelKeys, tables.limits.rowsPerProfile, "labels");
  tables.labelKeys.push(key);
  tables.labelStrings.push(text);
}
