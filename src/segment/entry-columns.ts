// What a directory lists of its entries, in columns: a month of sums of 64 series is a quarter of a million of them.

export class EntryColumns {
  count = 0;
  series = new Int32Array(64);
  /** Unix seconds. */
  start = new Float64Array(64);
  uploads = new Float64Array(64);
  low = new Float64Array(64);
  high = new Float64Array(64);
  /** Of the vector. */
  length = new Int32Array(64);

  add(series: number, start: number, uploads: number, low: number, high: number, length: number): void {
    const at = this.count++;
    if (at === this.series.length) this.#grow(at * 2);
    this.series[at] = series;
    this.start[at] = start;
    this.uploads[at] = uploads;
    this.low[at] = low;
    this.high[at] = high;
    this.length[at] = length;
  }

  #grow(room: number): void {
    const floats = (column: Float64Array) => {
      const grown = new Float64Array(room);
      grown.set(column);
      return grown;
    };
    const ints = (column: Int32Array) => {
      const grown = new Int32Array(room);
      grown.set(column);
      return grown;
    };
    this.series = ints(this.series);
    this.start = floats(this.start);
    this.uploads = floats(this.uploads);
    this.low = floats(this.low);
    this.high = floats(this.high);
    this.length = ints(this.length);
  }
}
