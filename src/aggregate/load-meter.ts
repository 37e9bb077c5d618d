// How much an object takes in, averaged over windows of WINDOW_SECONDS. On the heap alone: an object that sleeps between
// two uploads is not under load.

export interface Load {
  readonly uploadsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Share of uploads that a split would take away. */
  readonly movable: number;
}

export interface LoadMeter {
  /** @returns what the window was like, when these uploads end one */
  note(taken: { uploads: number; bytes: number; moving: number }, now: number): Load | null;
}

const WINDOW_SECONDS = 30;

export function loadMeter(): LoadMeter {
  let began: number | null = null;
  let uploads = 0;
  let bytesIn = 0;
  let moving = 0;
  return {
    note(taken, now) {
      began ??= now;
      uploads += taken.uploads;
      bytesIn += taken.bytes;
      moving += taken.moving;
      const seconds = now - began;
      if (seconds < WINDOW_SECONDS) return null;
      const load = {
        uploadsPerSecond: uploads / seconds,
        bytesPerSecond: bytesIn / seconds,
        movable: moving / Math.max(1, uploads),
      };
      began = now;
      [uploads, bytesIn, moving] = [0, 0, 0];
      return load;
    },
  };
}
