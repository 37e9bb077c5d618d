// Where the rideshare app spends its CPU. Weights are shares of the CPU without the incident; the search of a bike, a scooter
// and a car is to each other as their radii.

import { callTree, under, type WeightedStack } from "./call-tree.ts";

export const VEHICLES = [
  { vehicle: "bike", order: "main.OrderBike", searchRadius: 1 },
  { vehicle: "scooter", order: "main.OrderScooter", searchRadius: 2 },
  { vehicle: "car", order: "main.OrderCar", searchRadius: 3 },
] as const;

/** From the connection to the handler of an order, as in a profile of a real Go server. */
export const HANDLER = [
  "net/http.(*conn).serve",
  "net/http.serverHandler.ServeHTTP",
  "net/http.(*ServeMux).ServeHTTP",
  "net/http.HandlerFunc.ServeHTTP",
  "main.serve.order.func3",
];

/** From an order to the tagged search; from TagWrapper's callback on, samples carry the label. */
export const TAGGED_SEARCH = [
  "main.FindNearestVehicle",
  "main.pyroscopeProfiling.Tag",
  "github.com/grafana/pyroscope-go.TagWrapper",
  "runtime/pprof.Do",
];

const SEARCH = `
github.com/grafana/pyroscope-go.TagWrapper.func1 {vehicle}
  main.pyroscopeProfiling.Tag.func1
    main.FindNearestVehicle.func1 =20
      main.searchGrid =6900
        main.haversine =900
          math.sin =420
          math.cos =380
        runtime.asyncPreempt =40
        runtime.mapaccess2_fast64 =310
      main.rankCandidates =210
        fmt.Sprintf =60
          fmt.(*pp).doPrintf =110
            fmt.(*pp).printArg =120
          runtime.mallocgc =40
        runtime.makeslice =10
          runtime.mallocgc =60
            runtime.mallocgcLarge =90
        runtime.growslice =70
        slices.SortFunc =20
          slices.pdqsortCmpFunc =80
            slices.insertionSortCmpFunc =160
`;

const ANSWER = `
encoding/json.(*Encoder).Encode =20
  encoding/json.(*encodeState).marshal =10
    encoding/json.(*encodeState).reflectValue =20
      encoding/json.structEncoder.encode =90
        encoding/json.sliceEncoder.encode =30
          encoding/json.arrayEncoder.encode =50
            encoding/json.stringEncoder =110
            encoding/json.uintEncoder =40
              strconv.AppendUint =30
  net/http.(*response).Write =10
    bufio.(*Writer).Write =30
main.(*recentRides).add =30
`;

const REST = `
net/http.(*conn).serve =10
  net/http.(*conn).readRequest =30
    net/http.readRequest =60
      net/textproto.(*Reader).ReadMIMEHeader =90
        net/textproto.canonicalMIMEHeaderKey =40
      bufio.(*Reader).ReadLine =30
  net/http.(*response).finishRequest =20
    bufio.(*Writer).Flush =10
      net/http.checkConnErrorWriter.Write =10
        net.(*conn).Write =10
          internal/poll.(*FD).Write =20
            syscall.write =10
              syscall.Syscall =330
  net/http.(*conn).setState =30
runtime.mcall =10
  runtime.park_m =20
    runtime.schedule =60
      runtime.findRunnable =160
        runtime.netpoll =190
        runtime.stealWork =120
        runtime.futexsleep =20
          runtime.futex =230
      runtime.execute =40
runtime.gcBgMarkWorker =10
  runtime.systemstack =10
    runtime.gcBgMarkWorker.func2 =10
      runtime.gcDrain =140
        runtime.scanobject =420
          runtime.greyobject =150
          runtime.findObject =180
        runtime.scanblock =40
runtime.bgsweep =10
  runtime.sweepone =50
    runtime.(*sweepLocked).sweep =110
runtime.main =2
  main.main =4
    main.serve =4
      net/http.(*Server).Serve =20
        net.(*TCPListener).Accept =10
          internal/poll.(*FD).Accept =40
github.com/grafana/pyroscope-go.(*Session).takeSnapshots =4
  github.com/grafana/pyroscope-go.(*Session).reset =6
    runtime/pprof.(*profileBuilder).build =60
      compress/gzip.(*Writer).Write =10
        compress/flate.(*compressor).deflate =120
`;

/** Everything but the lock of the incident. */
export const NORMAL_CPU: readonly WeightedStack[] = [
  ...VEHICLES.flatMap(({ vehicle, order, searchRadius }) => [
    ...under([...HANDLER, order, ...TAGGED_SEARCH], callTree(SEARCH, vehicle), searchRadius),
    ...under(HANDLER, callTree(ANSWER), 0.4),
  ]),
  // The runtime, the network and the profiler itself: about a seventh.
  ...under([], callTree(REST), 2.5),
].reduce<WeightedStack[]>(mergeSame, []);

/** What an order of a car does in us-west-1 during the incident: every one of these stacks goes through mutexLock. */
export const LOCK_CPU: readonly WeightedStack[] = under(
  [...HANDLER, "main.OrderCar", ...TAGGED_SEARCH],
  callTree(
    `
github.com/grafana/pyroscope-go.TagWrapper.func1 {vehicle}
  main.pyroscopeProfiling.Tag.func1
    main.FindNearestVehicle.func1
      main.checkDriverAvailability
        main.mutexLock =880
          sync.(*Mutex).Lock =10
            internal/sync.(*Mutex).lockSlow =20
              runtime.procyield =60
          runtime.asyncPreempt =12
          sync.(*Mutex).Unlock =6
            internal/sync.(*Mutex).unlockSlow =12
`,
    "car",
  ),
);

/** The answers of the three orders share their stacks: one sample each. */
function mergeSame(merged: WeightedStack[], next: WeightedStack): WeightedStack[] {
  const keyOf = ({ stack, labels }: WeightedStack) =>
    `${stack.map((frame) => frame.functionName).join(";")} ${JSON.stringify(labels)}`;
  const index = merged.findIndex((known) => keyOf(known) === keyOf(next));
  const known = merged[index];
  if (known === undefined) return [...merged, next];
  return merged.with(index, { ...known, weight: known.weight + next.weight });
}
