// Which nodes a picture of at most so many nodes shows: those whose total reaches the smallest of the
// `maxNodes` largest totals. A parent's total is never below its child's, so what is kept hangs together.

/** 0 when all fit, or when `maxNodes` is below 1 (no limit). Ties may keep more than `maxNodes`. */
export function keptFrom(totals: Float64Array, maxNodes: number): number {
  if (maxNodes < 1 || totals.length <= maxNodes) return 0;
  // Hoare's selection: parts the values around a pivot and goes on where the wanted place lies. Equal values are
  // swapped too, so that many ties part evenly; pivots are scattered, so that no order of values is a bad one.
  const values = totals.slice();
  const wanted = maxNodes - 1;
  let first = 0;
  let last = values.length - 1;
  let scatter = 0x9e3779b9;
  while (first < last) {
    scatter = Math.imul(scatter ^ (scatter >>> 15), 0x2c1b3c6d) + last;
    const pivot = values[first + ((scatter >>> 0) % (last - first + 1))]!;
    let i = first;
    let j = last;
    while (i <= j) {
      while (values[i]! > pivot) i++;
      while (values[j]! < pivot) j--;
      if (i > j) break;
      const value = values[i]!;
      values[i++] = values[j]!;
      values[j--] = value;
    }
    if (wanted <= j) last = j;
    else if (wanted >= i) first = i;
    else break;
  }
  return values[wanted]!;
}
