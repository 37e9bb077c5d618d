// What a real agent is to these tests: how to get it, how to run a program under it, and what must then be there.
import type { App } from "./rideshare.ts";

export interface Claim {
  /** A selector for /render. */
  readonly query: string;
  /** Its share of all values that the query finds must be at least, or at most, this. */
  readonly functionName: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Agent {
  /** For run.sh; what comes before a dash is a name for all that begin like this. */
  readonly name: string;
  /** What it is called where it is published. */
  readonly client: string;
  readonly version: string;
  /** The encoding, and where it goes. */
  readonly sends: string;
  readonly path: string;
  /** The app as it must be called here. */
  readonly service: string;
  /** Profile type ids that must have values. */
  readonly types: readonly string[];
  readonly claims: readonly Claim[];
  /** How long it runs, and how many uploads there must be by then at least. */
  readonly seconds: number;
  readonly uploads: number;
  /** The first day that the data can be of; by default what came in this run is looked at. */
  readonly since?: string;
  /** A request that was recorded elsewhere is sent again: no agent runs. */
  readonly isRecorded?: true;
  /** Why it can't run on this machine; null when it can. */
  readonly missing: () => string | null;
  /** Fetches and builds below BUILD_DIR; done again only for what changed. */
  readonly prepare: () => Promise<void>;
  readonly start: (server: string) => Promise<App>;
}

/** A client that nobody could run: its row says so. */
export interface AbsentAgent {
  readonly name: string;
  readonly client: string;
  readonly sends: string;
  readonly path: string;
  /** Why, and what stands in for it. */
  readonly because: string;
}

export const CPU_NANOSECONDS = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
export const REGION = "us-west-1";

export interface Orders {
  readonly type: string;
  readonly service: string;
  /** The functions, as the agent names them. */
  readonly car: string;
  readonly bike: string;
  readonly hot: string;
  /** The least share of the hot function under the car's tags. */
  readonly dominates?: number;
}

/** The programs order bikes and cars: under the tags of cars must be the car's search, and nothing of a bike; and the reverse. */
export function claimsOfOrders({ type, service, car, bike, hot, dominates = 0.8 }: Orders): Claim[] {
  const queryOf = (vehicle: string): string =>
    `${type}{service_name="${service}", region="${REGION}", vehicle="${vehicle}"}`;
  return [
    { query: queryOf("car"), functionName: hot, atLeast: dominates },
    { query: queryOf("car"), functionName: car, atLeast: dominates },
    { query: queryOf("car"), functionName: bike, atMost: 0 },
    { query: queryOf("bike"), functionName: bike, atLeast: dominates },
    { query: queryOf("bike"), functionName: car, atMost: 0 },
    // Together they are one profile, of which a car takes more than its half.
    {
      query: `${type}{service_name="${service}", region="${REGION}", vehicle=~"bike|car"}`,
      functionName: car,
      atLeast: 0.5,
    },
  ];
}
