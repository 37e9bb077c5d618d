// A graph as documents of shares hold it, and files → what the panel draws.
import type { ShareGraph } from "../../src/api/share.ts";
import type { FlameSource } from "./panel-types.ts";

export function sourceOfGraph({ flamebearer, metadata, hidden }: ShareGraph): FlameSource {
  const { aggregation, ...rest } = metadata;
  const { leftTicks, rightTicks, ...tree } = flamebearer;
  return {
    flamebearer: {
      ...tree,
      ...(leftTicks !== undefined && { leftTicks }),
      ...(rightTicks !== undefined && { rightTicks }),
    },
    metadata: { ...rest, ...(aggregation && { aggregation }) },
    ...(hidden && { hidden }),
  };
}
