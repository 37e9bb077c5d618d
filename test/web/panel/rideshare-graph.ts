/** A small graph like the one of the rideshare example, and its diff: numbers that a person can check by hand. */
import type { FlameSource } from "../../../web/panel/panel-types.ts";

const NAMES = [
  "total",
  "net/http.(*conn).serve",
  "main.OrderScooter",
  "main.OrderCar",
  "main.OrderBike",
  "main.FindNearestVehicle",
  "main.mutexLock",
  "runtime.gcBgMarkWorker",
  "runtime.mcall",
  "sync.(*Mutex).Lock",
  "encoding/json.Marshal",
  "github.com/acme/rideshare/geo.Distance",
];

/** 1000 samples at 100 Hz: ten seconds. FindNearestVehicle is 900 of them, mutexLock 330. */
export const RIDESHARE: FlameSource = {
  flamebearer: {
    names: NAMES,
    levels: [
      [0, 1000, 0, 0],
      [0, 930, 0, 1, 0, 50, 50, 7, 0, 20, 20, 8],
      [0, 100, 0, 4, 0, 620, 0, 3, 0, 180, 0, 2, 0, 30, 30, 10],
      [0, 100, 90, 5, 0, 620, 250, 5, 0, 180, 150, 5],
      [90, 10, 10, 11, 250, 330, 30, 6, 0, 40, 40, 11, 150, 30, 30, 11],
      [370, 300, 300, 9],
    ],
    numTicks: 1000,
    maxSelf: 300,
  },
  metadata: { format: "single", units: "samples", sampleRate: 100, spyName: "gospy", name: "ride-sharing-app.cpu" },
};

/** mutexLock goes from 33 % to 71 %, OrderBike is gone, json is new; the comparison has twice the samples. */
export const RIDESHARE_DIFF: FlameSource = {
  flamebearer: {
    names: NAMES,
    levels: [
      [0, 1000, 0, 0, 2000, 0, 0],
      [0, 930, 0, 0, 1900, 0, 1, 0, 50, 50, 0, 60, 60, 7, 0, 20, 20, 0, 40, 40, 8],
      [0, 100, 0, 0, 0, 0, 4, 0, 650, 0, 0, 1600, 0, 3, 0, 180, 0, 0, 200, 0, 2, 0, 0, 0, 0, 100, 100, 10],
      [0, 100, 100, 0, 0, 0, 5, 0, 650, 320, 0, 1600, 180, 5, 0, 180, 180, 0, 200, 200, 5],
      [420, 330, 30, 180, 1420, 20, 6],
      [450, 300, 300, 200, 1400, 1400, 9],
    ],
    numTicks: 3000,
    maxSelf: 1400,
    leftTicks: 1000,
    rightTicks: 2000,
  },
  metadata: { format: "double", units: "samples", sampleRate: 100, spyName: "gospy", name: "ride-sharing-app.cpu" },
};
