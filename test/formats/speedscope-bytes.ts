// Folded text as a speedscope file of one sampled profile, for tests and benches: the real files of that format are very small.
const TEXT = new TextDecoder();

export function speedscopeOf(folded: Uint8Array): Uint8Array<ArrayBuffer> {
  const numbers = new Map<string, number>();
  const numberOf = (name: string): number => {
    const known = numbers.get(name) ?? numbers.size;
    numbers.set(name, known);
    return known;
  };
  const lines = TEXT.decode(folded).trimEnd().split("\n");
  const samples = lines.map((line) => line.slice(0, line.lastIndexOf(" ")).split(";").map(numberOf));
  const weights = lines.map((line) => Number(line.slice(line.lastIndexOf(" ") + 1)));
  const endValue = weights.reduce((sum, weight) => sum + weight, 0);
  return new TextEncoder().encode(
    JSON.stringify({
      $schema: "https://www.speedscope.app/file-format-schema.json",
      profiles: [{ type: "sampled", name: "cpu", unit: "none", startValue: 0, endValue, samples, weights }],
      shared: { frames: [...numbers.keys()].map((name) => ({ name })) },
    }),
  );
}
