// What is drawn of a file, and what a reader's browser may decode: a tab bears more than an isolate.
import { LIMITS, type Limits, SHARING } from "../config.ts";

export const BROWSER_LIMITS: Limits = {
  ...LIMITS,
  inflatedBytes: SHARING.inflatedBytes,
  jsonBytes: SHARING.inflatedBytes,
  nodesPerProfile: 4_000_000,
  samplesPerProfile: 8_000_000,
};

/** What a graph shows unless more is asked for; the rest is in `other` boxes, and said to be. */
export const USUAL_NODES = 32_768;
