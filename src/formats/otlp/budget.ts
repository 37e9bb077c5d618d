// What a request may cost, over all of its services: each has a call tree of its own, and all may name the same rows of the dictionary.
import { DECODING, type Limits } from "../../config.ts";
import { tooLarge } from "../../lib/app-error.ts";
import type { Table } from "./tables.ts";

export interface OtlpBudget {
  /** Bytes of rows, each time that one is read. */
  reads(bytes: number): void;
  /** Frames of all stacks. */
  frames(count: number): void;
  /** Bytes of names. */
  text(bytes: number): void;
  /** Characters of labels: those of a service's series come together in its batch. */
  labels(length: number): void;
  nodes(count: number): void;
  /** Each time that a service reads a new one: it is remembered. */
  locations(count: number): void;
  /** With samples, each for every service that it has samples of. */
  profiles(count: number): void;
  /** Attributes of resources and scopes, each time that they are read. */
  attributes(count: number): void;
}

/**
 * @param requestBytes what was sent, inflated
 * @throws from its functions: AppError profile_too_large
 */
export function otlpBudget(limits: Limits, requestBytes: number): OtlpBudget {
  const upTo = (limit: string, most: number, what: string) => {
    let sum = 0;
    return (count: number) => {
      sum += count;
      if (sum > most) throw tooLarge(limit, `over ${most}`, most, what);
    };
  };
  const ofLimit = (limit: keyof Limits, what: string) => upTo(limit, limits[limit], what);
  const { otlpReadings, otlpReadAlways, otlpAttributes, otlpBytesPerProfile, otlpProfilesAlways } = DECODING;
  const mostProfiles = otlpProfilesAlways + Math.floor(requestBytes / otlpBytesPerProfile);
  return {
    reads: upTo("otlpReadings", otlpReadAlways + otlpReadings * requestBytes, "bytes of rows that services read again"),
    frames: ofLimit("stackEntriesPerProfile", "frames of all stacks"),
    text: ofLimit("inflatedBytes", "bytes of names"),
    labels: ofLimit("batchBytes", "characters of labels"),
    nodes: ofLimit("nodesPerProfile", "call-tree nodes"),
    locations: ofLimit("nodesPerProfile", "locations that services read"),
    profiles: upTo("otlpProfiles", mostProfiles, "profiles of the request"),
    attributes: upTo("otlpAttributes", otlpAttributes, "attributes of all profiles"),
  };
}

/** Of a row that lists so many entries. */
export const costOf = (table: Table<unknown> | undefined, index: number, entries = 0): number =>
  table?.sizeOf?.(index) ?? 1 + entries;
