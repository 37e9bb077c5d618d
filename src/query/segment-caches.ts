// What of segments an isolate keeps between requests.
import { segmentCaches } from "../storage/segment-reads.ts";

const MIB = 1024 * 1024;

export const SEGMENT_CACHES = segmentCaches({ heads: 4 * MIB, directories: 12 * MIB, blocks: 12 * MIB });
