// The words of a schema: comments beside the fields of src/api, read from the sources, so that nobody writes them twice.
import ts from "typescript";

export interface Words {
  readonly text: string;
  readonly fields: ReadonlyMap<string, Words>;
}

/** Words of all schemas that a file exports, by name. @param others words of other files, for what is imported from them */
export function schemaWords(fileName: string, source: string, others: ReadonlyMap<string, Words>): Map<string, Words> {
  const file = ts.createSourceFile(fileName, source, ts.ScriptTarget.Latest, true);
  const found = new Map<string, Words>();
  /** Parts that are used by name further down, exported or not. */
  const known = new Map(others);
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (!ts.isIdentifier(name) || initializer === undefined) continue;
      const words = { text: commentOf(statement, source), fields: fieldsOf(initializer, source, known) };
      known.set(name.text, words);
      if (isExported) found.set(name.text, words);
    }
  }
  return found;
}

/** Of an expression such as `z.array(z.object({…})).nullable()`: the fields of the objects in it. */
function fieldsOf(node: ts.Node, source: string, known: ReadonlyMap<string, Words>): Map<string, Words> {
  const fields = new Map<string, Words>();
  const visit = (part: ts.Node): void => {
    if (ts.isIdentifier(part)) for (const [name, words] of known.get(part.text)?.fields ?? []) fields.set(name, words);
    else if (ts.isObjectLiteralExpression(part)) for (const property of part.properties) addField(property);
    else ts.forEachChild(part, visit);
  };
  const addField = (property: ts.ObjectLiteralElementLike): void => {
    if (ts.isSpreadAssignment(property)) visit(property.expression);
    if (property.name === undefined) return;
    const name = ts.isIdentifier(property.name) ? property.name.text : property.name.getText().replaceAll('"', "");
    const value = ts.isPropertyAssignment(property) ? property.initializer : property.name;
    fields.set(name, {
      text: commentOf(property, source) || partComment(value, known),
      fields: fieldsOf(value, source, known),
    });
  };
  visit(node);
  return fields;
}

/** Of the part at a value's beginning: `Kept.optional()` is a Kept. */
function partComment(value: ts.Node, known: ReadonlyMap<string, Words>): string {
  let node = value;
  while (ts.isCallExpression(node) || ts.isPropertyAccessExpression(node)) node = node.expression;
  return ts.isIdentifier(node) ? (known.get(node.text)?.text ?? "") : "";
}

/** The last comment before a node, if it is meant for readers of the contract. */
function commentOf(node: ts.Node, source: string): string {
  const range = ts.getLeadingCommentRanges(source, node.getFullStart())?.at(-1);
  const text = range === undefined ? "" : source.slice(range.pos, range.end);
  if (!text.startsWith("/**")) return "";
  const lines = text.slice(3, -2).split("\n");
  return lines
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .join("\n")
    .trim();
}
