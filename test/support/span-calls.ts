// Uploads samples that say which request they were taken in, and asks the querier for what it shows of them.
import type { DescMethodUnary } from "@bufbuild/protobuf";
import { expect } from "vitest";
import { QuerierService } from "../../src/connect/gen/querier/v1/querier_pb.ts";
import { concat, message, type PlainSample, pprofOf } from "../formats/pprof-bytes.ts";
import { pushOf } from "../formats/push-bytes.ts";
import { type FormName, inForm, unaryReply, unaryRequest } from "./unary-call.ts";
import { call } from "./worker-call.ts";

export const SAMPLES = "process_cpu:samples:count:cpu:nanoseconds";
export const NANOS = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
const METHODS = new Map(QuerierService.methods.map((method) => [method.name, method as DescMethodUnary]));
export const ms = (seconds: number): string => String(seconds * 1000);

export interface Sample {
  readonly at: number;
  readonly region: string;
  readonly stack: string;
  readonly count: number;
  /** Empty for none. */
  readonly span: string;
  readonly trace: string;
}

export async function ask<T>(
  method: string,
  request: Parameters<typeof inForm>[2],
  form: FormName = "proto",
): Promise<T> {
  const { input, output } = METHODS.get(method)!;
  const response = await call(`/querier.v1.QuerierService/${method}`, unaryRequest(form, inForm(form, input, request)));
  const reply = await unaryReply(form, output, response);
  expect(`${reply.code} ${reply.message}`).toMatch(/^ok /);
  return reply.json() as T;
}

/** Code and message of what is refused. */
export async function refusal(method: string, request: Parameters<typeof inForm>[2]): Promise<string> {
  const { input, output } = METHODS.get(method)!;
  const response = await call(
    `/querier.v1.QuerierService/${method}`,
    unaryRequest("proto", inForm("proto", input, request)),
  );
  const { code, message: text } = await unaryReply("proto", output, response);
  return `${code}: ${text}`;
}

/** One upload for each region of samples that were taken together. */
export async function push(service: string, samples: readonly Sample[], id?: string): Promise<Response> {
  const regions = Map.groupBy(samples, ({ region }) => region);
  const series = [...regions].map(([region, own]) => {
    const taken = own.map(
      ({ stack, count, span, trace }): PlainSample => ({
        stack: stack.split(";"),
        values: [count, count * 10_000_000],
        labels: { ...(span && { span_id: span }), ...(trace && { trace_id: trace }) },
      }),
    );
    const profile = pprofOf({
      types: ["samples/count", "cpu/nanoseconds"],
      period: ["cpu", "nanoseconds", 10_000_000],
      samples: taken,
    });
    const timed = concat(profile, message([9, BigInt(own[0]!.at) * 1_000_000_000n]));
    return {
      labels: { __name__: "process_cpu", service_name: service, region },
      samples: [{ profile: timed, ...(id !== undefined && { id: `${id}-${region}` }) }],
    };
  });
  const headers = { "content-type": "application/proto" };
  const response = await call("/push.v1.PusherService/Push", { method: "POST", headers, body: pushOf(...series) });
  expect(response.status).toBe(200);
  return response;
}

export interface Graph {
  readonly flamegraph: { readonly names: string[]; readonly total?: string };
}

/** Functions and total of what the querier shows. */
export async function shown(
  service: string,
  selector: object,
  range: readonly [number, number],
  form: FormName = "proto",
) {
  const request = {
    profileTypeID: NANOS,
    labelSelector: `{service_name="${service}"}`,
    start: ms(range[0]),
    end: ms(range[1]),
    ...selector,
  };
  const { flamegraph } = await ask<Graph>("SelectMergeStacktraces", request, form);
  return { total: Number(flamegraph.total ?? 0) / 10_000_000, names: new Set(flamegraph.names.slice(1)) };
}

export const expected = (samples: readonly Sample[]) => ({
  total: samples.reduce((sum, { count }) => sum + count, 0),
  names: new Set(samples.flatMap(({ stack }) => stack.split(";"))),
});
