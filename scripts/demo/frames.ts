// Where the functions of the demo live. Lines are plausible, not looked up; the same call site always has the same line.

import type { PprofFrame } from "./pprof-writer.ts";

/** The first that the function's name begins with tells its file. */
const FILES: readonly (readonly [prefix: string, file: string])[] = [
  ["main.OrderBike", "/app/orders.go"],
  ["main.OrderScooter", "/app/orders.go"],
  ["main.OrderCar", "/app/orders.go"],
  ["main.FindNearestVehicle", "/app/orders.go"],
  ["main.searchGrid", "/app/grid.go"],
  ["main.haversine", "/app/grid.go"],
  ["main.(*grid)", "/app/grid.go"],
  ["main.pyroscopeProfiling", "/app/profiler_current.go"],
  ["main.rankCandidates", "/app/orders.go"],
  ["main.(*recentRides)", "/app/orders.go"],
  ["main.checkDriverAvailability", "/app/incident.go"],
  ["main.mutexLock", "/app/incident.go"],
  ["main.dispatchDriver", "/app/incident.go"],
  ["main.", "/app/main.go"],
  ["github.com/grafana/pyroscope-go.", "/go/pkg/mod/github.com/grafana/pyroscope-go@v1.4.3/api.go"],
  ["github.com/grafana/pyroscope-go/", "/go/pkg/mod/github.com/grafana/pyroscope-go@v1.4.3/session.go"],
  ["compress/flate.", "/usr/local/go/src/compress/flate/deflate.go"],
  ["compress/gzip.", "/usr/local/go/src/compress/gzip/gzip.go"],
  ["runtime/pprof.", "/usr/local/go/src/runtime/pprof/runtime.go"],
  ["runtime.gc", "/usr/local/go/src/runtime/mgc.go"],
  ["runtime.scan", "/usr/local/go/src/runtime/mgcmark.go"],
  ["runtime.greyobject", "/usr/local/go/src/runtime/mgcmark.go"],
  ["runtime.findObject", "/usr/local/go/src/runtime/mbitmap.go"],
  ["runtime.bgsweep", "/usr/local/go/src/runtime/mgcsweep.go"],
  ["runtime.sweepone", "/usr/local/go/src/runtime/mgcsweep.go"],
  ["runtime.(*sweepLocked)", "/usr/local/go/src/runtime/mgcsweep.go"],
  ["runtime.malloc", "/usr/local/go/src/runtime/malloc.go"],
  ["runtime.newobject", "/usr/local/go/src/runtime/malloc.go"],
  ["runtime.makeslice", "/usr/local/go/src/runtime/slice.go"],
  ["runtime.growslice", "/usr/local/go/src/runtime/slice.go"],
  ["runtime.map", "/usr/local/go/src/internal/runtime/maps/runtime.go"],
  ["runtime.netpoll", "/usr/local/go/src/runtime/netpoll_epoll.go"],
  ["runtime.futex", "/usr/local/go/src/runtime/os_linux.go"],
  ["runtime.", "/usr/local/go/src/runtime/proc.go"],
  ["internal/poll.", "/usr/local/go/src/internal/poll/fd_unix.go"],
  ["sync.", "/usr/local/go/src/sync/mutex.go"],
  ["internal/sync.", "/usr/local/go/src/internal/sync/mutex.go"],
  ["syscall.", "/usr/local/go/src/syscall/syscall_linux.go"],
  ["encoding/json.", "/usr/local/go/src/encoding/json/encode.go"],
  ["net/textproto.", "/usr/local/go/src/net/textproto/reader.go"],
  ["net/http.", "/usr/local/go/src/net/http/server.go"],
  ["net.", "/usr/local/go/src/net/net.go"],
  ["bufio.", "/usr/local/go/src/bufio/bufio.go"],
  ["slices.", "/usr/local/go/src/slices/sort.go"],
  ["fmt.", "/usr/local/go/src/fmt/print.go"],
  ["math.", "/usr/local/go/src/math/sin.go"],
  ["strconv.", "/usr/local/go/src/strconv/ftoa.go"],
];

export function frameOf(functionName: string, caller: string): PprofFrame {
  const file = FILES.find(([prefix]) => functionName.startsWith(prefix))?.[1];
  if (file === undefined) throw new Error(`No file is known for the function ${functionName}`);
  const startLine = 20 + (numberOf(functionName) % 900);
  return { functionName, file, startLine, line: startLine + 1 + (numberOf(caller + functionName) % 40) };
}

function numberOf(text: string): number {
  let hash = 7;
  for (const character of text) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  return hash;
}
