// Which nodes a picture of at most so many nodes shows: those whose total reaches the smallest of the
// `maxNodes` largest totals. A parent's total is never below its child's, so what is kept hangs together.

/** 0 when all fit, or when `maxNodes` is below 1 (no limit). Ties may keep more than `maxNodes`. */
export function keptFrom(totals: Float64Array, maxNodes: number): number {
  if (maxNodes < 1 || totals.length <= maxNodes) return 0;
  // A heap of the largest so far, smallest on top: most values are only compared with the top.
  const heap = totals.slice(0, maxNodes).sort();
  for (let k = maxNodes; k < totals.length; k++) {
    const value = totals[k]!;
    if (value <= heap[0]!) continue;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= maxNodes) break;
      if (child + 1 < maxNodes && heap[child + 1]! < heap[child]!) child++;
      if (heap[child]! >= value) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = value;
  }
  return heap[0]!;
}
