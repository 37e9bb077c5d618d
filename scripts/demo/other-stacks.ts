// Where the rideshare app allocates, waits and stands: memory, goroutines, mutex and block. These profiles carry no labels,
// as in real Go.

import { callTree, under } from "./call-tree.ts";
import { HANDLER, TAGGED_SEARCH, VEHICLES } from "./cpu-stacks.ts";

const SEARCH_CALLBACK = [
  ...TAGGED_SEARCH,
  "github.com/grafana/pyroscope-go.TagWrapper.func1",
  "main.pyroscopeProfiling.Tag.func1",
  "main.FindNearestVehicle.func1",
];

/** Weights are shares of the bytes. */
export const MEMORY = [
  ...VEHICLES.flatMap(({ order, searchRadius }) =>
    under(
      [...HANDLER, order, ...SEARCH_CALLBACK],
      callTree(`
main.rankCandidates =600 ~8192 +640
  fmt.Sprintf =60 ~16 +40
  runtime.growslice =50 ~512 +30
main.searchGrid =40 ~256
  main.(*grid).cellsWithin =130 ~1024 +25
`),
      searchRadius,
    ),
  ),
  ...under(
    HANDLER,
    callTree(`
encoding/json.(*Encoder).Encode =120 ~1024
  encoding/json.newEncodeState =90 ~2048 +20
main.(*recentRides).add =20 ~96 +210
`),
  ),
  ...callTree(`
net/http.(*conn).serve =40 ~128 +20
  net/http.(*conn).readRequest =110 ~640
    net/http.readRequest =140 ~512
      net/textproto.(*Reader).ReadMIMEHeader =190 ~208
  net/http.newBufioReader =30 ~4096 +90
  net/http.newBufioWriterSize =30 ~4096 +90
runtime.main
  main.main
    main.serve =2 ~128 +15
      net/http.(*Server).Serve
        net.(*TCPListener).Accept =30 ~256 +20
github.com/grafana/pyroscope-go.(*Session).takeSnapshots
  github.com/grafana/pyroscope-go.(*Session).reset =20 ~4096 +60
    compress/gzip.(*Writer).Write =10 ~1024
      compress/flate.NewWriter =160 ~524288 +180
`),
];

/** Weights are shares of the goroutines without the incident. */
export const GOROUTINES = [
  ...callTree(`
net/http.(*conn).serve
  bufio.(*Reader).Peek
    net/http.(*connReader).Read
      net.(*conn).Read
        internal/poll.(*FD).Read
          runtime.netpollblock
            runtime.gopark =60
  net/http.(*conn).readRequest
    runtime.gopark =3
runtime.main
  main.main
    main.serve
      net/http.(*Server).Serve
        net.(*TCPListener).Accept
          internal/poll.(*FD).Accept
            runtime.gopark =2
main.serve.func2
  runtime.gopark =2
github.com/grafana/pyroscope-go.(*Session).takeSnapshots
  runtime.gopark =2
`),
  ...VEHICLES.flatMap(({ order, searchRadius }) =>
    under([...HANDLER, order, ...SEARCH_CALLBACK], callTree("main.searchGrid =3"), searchRadius),
  ),
];

const DRIVERS_LEDGER = under(
  [...HANDLER, "main.OrderCar", ...SEARCH_CALLBACK],
  callTree(`
main.checkDriverAvailability
  main.mutexLock
    sync.(*Mutex).Lock =70
`),
);

/** Who waits for the ledger of drivers during the incident. */
export const WAITING = [...DRIVERS_LEDGER, ...callTree("main.dispatchDriver\n  sync.(*Mutex).Lock =30")];

/** Who held a mutex that others wanted, without and during the incident. */
export const HELD_MUTEXES = [
  ...under(HANDLER, callTree("main.(*recentRides).add\n  sync.(*Mutex).Unlock =50")),
  ...callTree("net/http.(*conn).serve\n  net/http.(*conn).setState\n    sync.(*Mutex).Unlock =30"),
  ...callTree("github.com/grafana/pyroscope-go.(*Session).takeSnapshots\n  sync.(*Mutex).Unlock =4"),
];
export const HELD_LEDGER = [
  ...under(
    [...HANDLER, "main.OrderCar", ...SEARCH_CALLBACK],
    callTree("main.checkDriverAvailability\n  main.mutexLock\n    sync.(*Mutex).Unlock =90"),
  ),
  ...callTree("main.dispatchDriver\n  sync.(*Mutex).Unlock =10"),
];

/** Where goroutines block without the incident. */
export const BLOCKED = [
  ...callTree(`
net/http.(*conn).serve
  net/http.(*connReader).backgroundRead
    runtime.chanrecv1 =20
main.serve.func2
  runtime.chanrecv1 =6
github.com/grafana/pyroscope-go.(*Session).takeSnapshots
  runtime.selectgo =12
`),
  ...under(HANDLER, callTree("main.(*recentRides).add\n  sync.(*Mutex).Lock =40")),
];
