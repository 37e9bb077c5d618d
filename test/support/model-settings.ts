// How the model test runs: by default the programs of CI; with a seed, that program alone, as long as asked.
//
//   EDGEFLAME_MODEL_SEED, EDGEFLAME_MODEL_STEPS    npm run model -- --seed N --steps M
//   EDGEFLAME_FAULTS=all, EDGEFLAME_FAULTS=N       every fault, or about N of them, instead of a few;
//                                                  the seed says which: another seed tries others

export interface ModelSettings {
  /** Undefined: the seeds of CI. */
  readonly seed: string | undefined;
  readonly steps: number | undefined;
  /** How many of the faults to try; undefined: those of CI. */
  readonly faults: number | undefined;
}

declare module "vitest" {
  interface ProvidedContext {
    model: ModelSettings;
  }
}

export function modelSettings(environment: Readonly<Record<string, string | undefined>>): ModelSettings {
  const { EDGEFLAME_MODEL_SEED: seed, EDGEFLAME_MODEL_STEPS: steps, EDGEFLAME_FAULTS: faults } = environment;
  return {
    seed: seed || undefined,
    steps: steps ? Number(steps) : undefined,
    faults: faults === "all" ? Number.MAX_SAFE_INTEGER : faults ? Number(faults) : undefined,
  };
}
