// A profile as text that reads well in a diff: `type: a;b;c 12`, one line per stack, sorted.
import type { Profile } from "../../src/profile/profile.ts";
import type { StackDictionary } from "../../src/profile/stack-dictionary.ts";

export function stackPath(stacks: StackDictionary, node: number): string {
  const names: string[] = [];
  for (let at = node; at !== 0; at = stacks.parentOf(at)) names.push(stacks.frameName(stacks.frameOf(at)));
  return names.reverse().join(";");
}

/** Values of type `type` by path; samples with labels are told apart by them. */
export function stackLines(profile: Profile, type = 0): string[] {
  const sums = new Map<string, bigint>();
  profile.sampleNodes.forEach((node, s) => {
    const value = profile.sampleValues[s * profile.sampleTypes.length + type] ?? 0n;
    if (value === 0n) return;
    const labels = (profile.labelSets[profile.sampleLabels[s] ?? 0] ?? []).map(([k, v]) => `${k}=${v}`).join(",");
    const line = (labels === "" ? "" : `{${labels}} `) + stackPath(profile.stacks, node);
    sums.set(line, (sums.get(line) ?? 0n) + value);
  });
  return [...sums].map(([line, value]) => `${line} ${value}`).sort();
}
