// Programs that are on this machine or not, and running them to their end.
import { spawn, spawnSync } from "node:child_process";

/** Why the programs can't be run, or null. */
export function missingPrograms(...programs: readonly string[]): string | null {
  const missing = programs.filter((program) => spawnSync(program, VERSION_ARGUMENTS[program] ?? ["--version"]).error);
  return missing.length === 0 ? null : `${missing.join(" and ")} not installed`;
}

const VERSION_ARGUMENTS: Readonly<Record<string, readonly string[]>> = { go: ["version"], java: ["-version"] };

/** @throws Error with what the program said, if it fails. */
export async function run(command: string, args: readonly string[], cwd?: string): Promise<string> {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "" },
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const status = await new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code ?? signal ?? "ended"));
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${status}\n${stderr || stdout}`);
  return stdout;
}
