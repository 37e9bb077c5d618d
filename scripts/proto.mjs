// Writes src/connect/gen from proto/. Only whoever changes a .proto file needs it: the tools (a compiler of 90 MB) come from
// the registry for this one run, and test/connect/generated.test.ts tells when it was forgotten.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const TOOLS = ["@bufbuild/buf@1.75.0", "@bufbuild/protoc-gen-es@2.17.0"];
const TEMPLATE = {
  version: "v2",
  plugins: [
    {
      local: "protoc-gen-es",
      out: "src/connect/gen",
      opt: ["target=ts", "import_extension=ts", "erasable_syntax=true"],
    },
  ],
};

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) process.exit(status ?? 1);
}

rmSync(`${root}src/connect/gen`, { recursive: true, force: true });
const packages = TOOLS.map((tool) => `--package=${tool}`);
run("npm", ["exec", "--yes", ...packages, "--", "buf", "generate", "proto", "--template", JSON.stringify(TEMPLATE)]);
// What the comments on each field say stands in the .proto files, word for word.
for (const entry of readdirSync(`${root}src/connect/gen`, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const file = join(entry.parentPath, entry.name);
  writeFileSync(file, readFileSync(file, "utf8").replace(/^ *\/\*\*[\s\S]*?\*\/\n/gm, ""));
}
run(`${root}node_modules/.bin/biome`, ["check", "--write", "src/connect/gen"]);
