// All readers that run.sh knows, and what could not be had.
import { CONNECT_GO } from "./connect-go.ts";
import { PROFILECLI } from "./profilecli.ts";
import type { Reader } from "./reader.ts";

export const READERS: readonly Reader[] = [PROFILECLI, CONNECT_GO];

export interface AbsentReader {
  readonly client: string;
  readonly because: string;
}

export const ABSENT_READERS: readonly AbsentReader[] = [
  {
    client: "Grafana with the Pyroscope data source, Profiles Drilldown",
    because: "no build of it could be had; the requests that they send are replayed in `test/http/data-source.test.ts`",
  },
  {
    client: "profilecli 1.13 and later",
    because: "its module is published under no version that Go can fetch; it calls the same services (`test/http`)",
  },
];
