// What the samples of an OTLP export weigh, and what their stacks are.
import { expect, it } from "vitest";
import { decodeAll, requestOfJson } from "./otlp-requests.ts";
import { stackLines } from "./stack-lines.ts";

const STRINGS = ["", "samples", "count", "cpu", "nanoseconds", "main.go"];

interface Given {
  readonly samples: readonly { readonly stack: readonly string[]; readonly values?: readonly number[] }[];
  readonly type?: readonly [string, string];
  readonly period?: number;
}

/** One profile of CPU samples, its stacks root first. */
function decoded({ samples, type = ["samples", "count"], period = 10 }: Given) {
  const names = [...new Set(samples.flatMap(({ stack }) => stack))];
  const at = (text: string) => STRINGS.indexOf(text);
  const [upload] = decodeAll(
    requestOfJson({
      resourceProfiles: [
        {
          scopeProfiles: [
            {
              profiles: [
                {
                  sampleType: { typeStrindex: at(type[0]), unitStrindex: at(type[1]) },
                  periodType: { typeStrindex: at("cpu"), unitStrindex: at("nanoseconds") },
                  period,
                  samples: samples.map(({ values = [1] }, i) => ({ stackIndex: i + 1, values })),
                },
              ],
            },
          ],
        },
      ],
      dictionary: {
        stringTable: [...STRINGS, ...names],
        functionTable: [
          {},
          ...names.map((_, i) => ({ nameStrindex: STRINGS.length + i, filenameStrindex: at("main.go") })),
        ],
        locationTable: [{}, ...names.map((_, i) => ({ lines: [{ functionIndex: i + 1 }] }))],
        stackTable: [
          {},
          ...samples.map(({ stack }) => ({ locationIndices: stack.map((name) => names.indexOf(name) + 1).reverse() })),
        ],
        mappingTable: [{}],
      },
    }),
  );
  if (upload === undefined) throw new Error("nothing decoded");
  const { metric, profile } = upload;
  const [{ type: own, unit } = { type: "", unit: "" }] = profile.sampleTypes;
  return { name: `${metric}:${own}:${unit}`, lines: stackLines(profile) };
}

it("samples of the CPU are time, as long as the period says", () => {
  const { name, lines } = decoded({ samples: [{ stack: ["main", "work"], values: [3] }] });
  expect([name, lines]).toEqual(["process_cpu:cpu:nanoseconds", ["main;work 30"]]);
});

it("samples of the CPU stay samples where no period says how long they are", () => {
  const { name, lines } = decoded({ samples: [{ stack: ["main", "work"], values: [3] }], period: 0 });
  expect([name, lines]).toEqual(["process_cpu:samples:count", ["main;work 3"]]);
});

it("a sample's values are added: it has one for each time that it was seen", () => {
  expect(decoded({ samples: [{ stack: ["main", "work"], values: [3, 4] }] }).lines).toEqual(["main;work 70"]);
});

it("a sample without a stack counts for the whole", () => {
  expect(decoded({ samples: [{ stack: [] }, { stack: ["main"] }] }).lines).toEqual([" 10", "main 10"]);
});

it("a stack that Go has cut stays as it was sent", () => {
  const frames = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `f${from + i}`);
  const stacks = [frames(0, 64), frames(5, 69)];
  const { lines } = decoded({ samples: stacks.map((stack) => ({ stack })) });
  expect(lines).toEqual(stacks.map((stack) => `${stack.join(";")} 10`).sort());
});
