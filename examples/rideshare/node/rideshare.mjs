// Rideshare in Node, smaller: one region, three orders, and the load in the same process.
//
// Settings: REGION, PORT (a free one), PYROSCOPE_SERVER_ADDRESS, PYROSCOPE_AUTH_TOKEN, UPLOAD_SECONDS (10), RATE (2 orders
// a second), RIDESHARE_SECONDS (stop by itself).

import { createServer, get } from "node:http";
import Pyroscope from "@pyroscope/nodejs";

const region = process.env.REGION ?? "us-east-1";
const uploadMs = 1000 * Number(process.env.UPLOAD_SECONDS ?? 10);

Pyroscope.init({
  appName: "ride-sharing-app-node",
  serverAddress: process.env.PYROSCOPE_SERVER_ADDRESS ?? "http://localhost:4040",
  authToken: process.env.PYROSCOPE_AUTH_TOKEN,
  tags: { region },
  flushIntervalMs: uploadMs,
  wall: { samplingDurationMs: uploadMs, collectCpuTime: true },
});
Pyroscope.start();

function OrderBike(searchRadius) {
  return FindNearestVehicle(searchRadius, "bike");
}

function OrderScooter(searchRadius) {
  return FindNearestVehicle(searchRadius, "scooter");
}

function OrderCar(searchRadius) {
  return FindNearestVehicle(searchRadius, "car");
}

function FindNearestVehicle(searchRadius, vehicle) {
  let nearest;
  Pyroscope.wrapWithLabels({ vehicle }, () => {
    nearest = searchGrid(searchRadius);
  });
  return { vehicle, region, nearest };
}

// Rounds rather than time, so that the CPU is in proportion to the radius however busy the machine is.
function searchGrid(searchRadius) {
  let hash = searchRadius;
  for (let round = 0; round < 12_000_000 * searchRadius; round++) hash = Math.imul(hash ^ round, 0x01000193);
  return hash >>> 0;
}

const orders = {
  "/bike": () => OrderBike(1),
  "/scooter": () => OrderScooter(2),
  "/car": () => OrderCar(3),
};

const server = createServer((request, response) => {
  const order = orders[request.url];
  response.writeHead(order === undefined ? 404 : 200, { "Content-Type": "application/json" });
  response.end(JSON.stringify(order?.() ?? { orders: Object.keys(orders) }));
});

let load;
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  console.log(`rideshare (Node) in ${region} on ${address}`);
  let turn = 0;
  load = setInterval(
    () => {
      const path = Object.keys(orders)[turn++ % 3];
      get(address + path, (response) => response.resume()).on("error", (error) => console.error(error.message));
    },
    1000 / Number(process.env.RATE ?? 2),
  );
});

async function stop() {
  // The client may still be busy with an upload to a server that is away.
  setTimeout(() => process.exit(0), 3000).unref();
  // An order after the profiler has ended could not be labelled.
  clearInterval(load);
  server.close();
  server.closeAllConnections();
  await Pyroscope.stop();
  process.exit(0);
}
process.on("SIGINT", stop);
process.on("SIGTERM", stop);
if (process.env.RIDESHARE_SECONDS) setTimeout(stop, 1000 * Number(process.env.RIDESHARE_SECONDS));
