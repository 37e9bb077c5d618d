// How the model test runs: by default the programs of CI; with a seed, that program alone, as long as asked.
//
//   EDGEFLAME_MODEL_SEED, EDGEFLAME_MODEL_STEPS    npm run model -- --seed N --steps M
//   EDGEFLAME_FAULTS=all                           every fault point instead of a sample

export interface ModelSettings {
  /** Undefined: the seeds of CI. */
  readonly seed: string | undefined;
  readonly steps: number | undefined;
  readonly allFaults: boolean;
}

declare module "vitest" {
  interface ProvidedContext {
    model: ModelSettings;
  }
}

export function modelSettings(environment: Readonly<Record<string, string | undefined>>): ModelSettings {
  const { EDGEFLAME_MODEL_SEED: seed, EDGEFLAME_MODEL_STEPS: steps, EDGEFLAME_FAULTS: faults } = environment;
  return { seed: seed || undefined, steps: steps ? Number(steps) : undefined, allFaults: faults === "all" };
}
