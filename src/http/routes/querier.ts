// /querier.v1.QuerierService: what Grafana, profilecli and Pyroscope's own pages ask with.
import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { SelectMergeStacktracesRequest } from "../../connect/gen/querier/v1/messages_pb.ts";
import { QuerierService } from "../../connect/gen/querier/v1/querier_pb.ts";
import { AppError, invalidArgument } from "../../lib/app-error.ts";
import { logEvent, messageOf } from "../../lib/log.ts";
import type { QueryPorts } from "../../query/ports.ts";
import { analyzeQuery } from "../../query/querier/analyze.ts";
import { type AsyncPorts, isAsync, selectStacktracesLater } from "../../query/querier/async-stacktraces.ts";
import { selectHeatmap } from "../../query/querier/heatmap.ts";
import { labelNames, labelValues, profileStats, profileTypes, series } from "../../query/querier/labels.ts";
import {
  diff,
  selectMergeProfile,
  selectMergeSpanProfile,
  selectMergeStacktraces,
} from "../../query/querier/stacktraces.ts";
import { selectSeries } from "../../query/querier/time-series.ts";
import type { AppContext } from "../context.ts";
import { asAppError } from "../errors.ts";
import { observeQuery } from "../metrics.ts";
import { clockOf, queryPorts, tenantOf } from "../ports.ts";
import { type ServiceMethod, serviceMethod } from "../service-method.ts";
import { answered, asked } from "./read.ts";

const METHODS: ServiceMethod[] = [];

function answers<I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  answer: (ports: QueryPorts, request: MessageShape<I>, c: AppContext) => Promise<MessageInitShape<O>>,
): void {
  METHODS.push(
    serviceMethod(method, "read", (request, c) => answered(c, method.name, (ports) => answer(ports, request, c))),
  );
}

const { method } = QuerierService;
answers(method.profileTypes, profileTypes);
answers(method.labelNames, (ports, request, c) => labelNames(ports, request, takesUtf8(c)));
answers(method.labelValues, labelValues);
answers(method.series, (ports, request, c) => series(ports, request, takesUtf8(c)));
answers(method.selectMergeStacktraces, (ports, request, c) =>
  isAsync(request) ? selectStacktracesLater(asyncPorts(c), request) : selectMergeStacktraces(ports, request),
);
answers(method.selectMergeSpanProfile, selectMergeSpanProfile);
answers(method.selectMergeProfile, selectMergeProfile);
answers(method.selectSeries, selectSeries);
answers(method.selectHeatmap, selectHeatmap);
answers(method.diff, diff);
answers(method.getProfileStats, profileStats);
answers(method.analyzeQuery, analyzeQuery);

/** A question that is worked on when its request is answered is one of its own. */
function asyncPorts(c: AppContext): AsyncPorts {
  const { env } = c;
  const answer = async (question: SelectMergeStacktracesRequest) => {
    const started = performance.now();
    try {
      return await asked(() => selectMergeStacktraces(queryPorts(env, c.get("limits")), question));
    } catch (error) {
      if (!(error instanceof AppError)) logEvent("async_query_failed", { message: messageOf(error) });
      throw asAppError(error);
    } finally {
      observeQuery("SelectMergeStacktraces async", (performance.now() - started) / 1000);
    }
  };
  return {
    database: env.CATALOG,
    bucket: env.SEGMENTS,
    tenant: tenantOf(),
    clock: clockOf(env),
    newId: () => crypto.randomUUID(),
    answer,
    later: (work) => c.executionCtx.waitUntil(work),
  };
}

export const QUERIER_METHODS: readonly ServiceMethod[] = METHODS;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const MEDIA_RANGE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+\/[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Whether the client takes label names of any characters, which it says in Accept.
 * @throws AppError invalid_argument
 */
function takesUtf8(c: AppContext): boolean {
  const header = c.req.header("accept") ?? "";
  if (header.trim() === "") return false;
  return header.split(",").some((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    const pairs = parameters.map((part) => part.split("=").map((text) => text.trim()));
    if (!MEDIA_RANGE.test(type) || pairs.some(([name = "", value]) => !TOKEN.test(name) || value === undefined))
      throw invalidArgument(`Invalid header format: ${header.slice(0, 200)}`);
    return pairs.some(([name, value]) => name === "allow-utf8-labelnames" && value?.replaceAll('"', "") === "true");
  });
}
