// All readers that run.sh knows, and what could not be had.
import { CONNECT_GO } from "./connect-go.ts";
import { GRAFANA } from "./grafana.ts";
import { PROFILECLI } from "./profilecli.ts";
import type { Reader } from "./reader.ts";

export const READERS: readonly Reader[] = [PROFILECLI, CONNECT_GO, GRAFANA];

export interface AbsentReader {
  readonly client: string;
  readonly because: string;
}

export const ABSENT_READERS: readonly AbsentReader[] = [
  {
    client: "later Grafana, and Profiles Drilldown",
    because:
      "no build of them could be had: no later commit of Grafana's module is published under a version that Go can fetch. The requests that they send are replayed in `test/http/data-source.test.ts`",
  },
  {
    client: "profilecli 1.13 and later",
    because:
      "its module is published under no version that Go can fetch; it calls the same services (`test/http`). What `--async` of it sends and polls is sent by `connect-go`",
  },
];
