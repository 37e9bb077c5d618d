// `npm run reference`: writes docs/api.md and docs/openapi.json from src/api. The page at /api/docs is made with the other pages.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderReference } from "./reference/render.ts";

const docs = join(import.meta.dirname, "../docs");
const { openApi, markdown } = await renderReference();
writeFileSync(join(docs, "openapi.json"), openApi);
writeFileSync(join(docs, "api.md"), markdown);
