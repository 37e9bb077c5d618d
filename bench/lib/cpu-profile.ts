// Where the runtime's JavaScript spends its time: workerd's inspector, read by hand when an aim is missed.
interface ProfileNode {
  readonly id: number;
  readonly children?: readonly number[];
  readonly callFrame: { readonly functionName: string; readonly lineNumber: number };
}
interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface FunctionTime {
  readonly name: string;
  /** Shares of all samples: in the function itself, and with what it calls. */
  readonly self: number;
  readonly total: number;
}

/** Time per function while `act` runs, largest self time first. */
export async function functionTimes(inspectorPort: number, act: () => Promise<void>): Promise<FunctionTime[]> {
  const targets = (await (await fetch(`http://127.0.0.1:${inspectorPort}/json/list`)).json()) as {
    id: string;
    webSocketDebuggerUrl: string;
  }[];
  const target = targets.find(({ id }) => id.includes("edgeflame") && !id.includes("page"));
  if (target === undefined) throw new Error(`no isolate of ours among ${targets.map(({ id }) => id).join(", ")}`);
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  let lastId = 0;
  const call = (method: string, params = {}): Promise<unknown> =>
    new Promise((resolve) => {
      const id = ++lastId;
      const listen = ({ data }: MessageEvent) => {
        const message = JSON.parse(String(data)) as { id?: number; result?: unknown };
        if (message.id !== id) return;
        socket.removeEventListener("message", listen);
        resolve(message.result);
      };
      socket.addEventListener("message", listen);
      socket.send(JSON.stringify({ id, method, params }));
    });
  await call("Profiler.enable");
  await call("Profiler.setSamplingInterval", { interval: 500 });
  await call("Profiler.start");
  await act();
  const { profile } = (await call("Profiler.stop")) as { profile: CpuProfile };
  socket.close();
  return timesOf(profile);
}

function timesOf({ nodes, samples, timeDeltas }: CpuProfile): FunctionTime[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const selfOf = new Map<number, number>();
  samples.forEach((id, i) => {
    selfOf.set(id, (selfOf.get(id) ?? 0) + (timeDeltas[i] ?? 0));
  });
  const times = new Map<string, { self: number; total: number }>();
  const add = (name: string, kind: "self" | "total", time: number) => {
    const known = times.get(name) ?? { self: 0, total: 0 };
    known[kind] += time;
    times.set(name, known);
  };
  const walk = (node: ProfileNode, above: ReadonlySet<string>): number => {
    const { functionName, lineNumber } = node.callFrame;
    const name = functionName || `line ${lineNumber}`;
    const self = selfOf.get(node.id) ?? 0;
    const within = new Set([...above, name]);
    let total = self;
    for (const child of node.children ?? []) {
      const below = byId.get(child);
      if (below !== undefined) total += walk(below, within);
    }
    add(name, "self", self);
    if (!above.has(name)) add(name, "total", total);
    return total;
  };
  const root = nodes[0];
  const whole = root === undefined ? 1 : walk(root, new Set());
  return [...times]
    .map(([name, { self, total }]) => ({ name, self: self / whole, total: total / whole }))
    .toSorted((a, b) => b.self - a.self);
}
