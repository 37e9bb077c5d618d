// Numbers of events and pools that somebody reads, each known by a small integer: a recording names its fields once, and has millions
// of objects.

/** Fields of events, then of pools' objects. */
export const ROLE = {
  none: 0,
  stackTrace: 1,
  state: 2,
  samples: 3,
  tlabSize: 4,
  allocationSize: 5,
  weight: 6,
  size: 7,
  duration: 8,
  contextId: 9,
  spanName: 10,
  spanId: 11,
  method: 12,
  lineNumber: 13,
  type: 14,
  name: 15,
  traceIdHi: 16,
  traceIdLo: 17,
} as const;
export type Role = (typeof ROLE)[keyof typeof ROLE];

/** A map: a field may be called "toString". */
const ROLES: ReadonlyMap<string, Role> = new Map(Object.entries(ROLE));

/** What a number of this name is read as. */
export const roleOf = (name: string): Role => ROLES.get(name) ?? ROLE.none;
