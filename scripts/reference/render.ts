// The three forms of the reference: openapi.json, docs/api.md and the page at /api/docs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ErrorResponse } from "../../src/api/error.ts";
import { OPERATIONS } from "../../src/api/reference/operations.ts";
import { htmlOf, markdownOf } from "./blocks.ts";
import { referenceOf } from "./document.ts";
import { openApiOf } from "./openapi.ts";
import { readSchemas } from "./schemas.ts";
import { readServices } from "./services.ts";

const ROOT = join(import.meta.dirname, "../..");

export interface Reference {
  readonly openApi: string;
  readonly markdown: string;
  readonly html: string;
}

export async function renderReference(): Promise<Reference> {
  const schemas = await readSchemas();
  const services = await readServices();
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const openApi = openApiOf(OPERATIONS, schemas, version, schemas.nameOf(ErrorResponse));
  const source = { operations: OPERATIONS, schemas, services, openApi };
  const body = htmlOf(referenceOf(source, { openApi: "../openapi.json", errors: "../docs/errors.md" }));
  return {
    openApi: `${JSON.stringify(openApi, null, 2)}\n`,
    markdown: `Made by \`npm run reference\` from \`src/api\`; don't edit it.\n\n${markdownOf(referenceOf(source, { openApi: "openapi.json", errors: "errors.md" }))}`,
    html: page(body),
  };
}

/** Served at /api/docs: addresses are relative to that. */
const page = (body: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>API · Edgeflame</title>
    <link rel="icon" href="../favicon.svg" type="image/svg+xml">
    <script src="../theme.js"></script>
    <link rel="stylesheet" href="../api-docs.css">
  </head>
  <body>
    <header><a href="../">Edgeflame</a></header>
    <main>
${body}
    </main>
  </body>
</html>
`;
