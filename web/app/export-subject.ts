// What of the page can be exported: a shown graph, the server's own profiles behind it, and the command that asks for it.
import { getBytes, hasToken, requestPath } from "../api/client.ts";
import type { ExportSubject } from "../export/export-subject.ts";
import { type ShownGraph, type ShownPart, shareGraph } from "../state/share-request.ts";

export function exportSubject(shown: ShownGraph | undefined, maxNodes: number | null): ExportSubject | null {
  const asked = shown?.asked;
  if (!shown || !asked) return null;
  return {
    graph: shareGraph(shown, "", ""),
    up: "./",
    stacks: async (format, side, path) => {
      const { query, from, until } = (side === 1 && shown.compared) || asked;
      const answer = await getBytes(requestPath("render", { query, from, until, focus: path, format }));
      if (!answer.ok) throw new Error(answer.failure.message);
      return answer.value;
    },
    command: () =>
      curlCommand(new URL(`./${questionOf(asked, shown.compared, maxNodes)}`, location.href).href, hasToken()),
  };
}

function questionOf(asked: ShownPart, compared: ShownPart | null, maxNodes: number | null): string {
  const budget = { "max-nodes": maxNodes, format: "json" };
  if (compared === null) return requestPath("render", { ...asked, ...budget });
  return requestPath("render-diff", { ...sideParams("left", asked), ...sideParams("right", compared), ...budget });
}

const sideParams = (side: string, { query, from, until }: ShownPart) => ({
  [`${side}Query`]: query,
  [`${side}From`]: from,
  [`${side}Until`]: until,
});

/** An address has no quote, space or character that acts: all of these are percent signs by now. A token is named, never told. */
export const curlCommand = (address: string, isTokenNeeded: boolean): string =>
  [
    "curl -fsS",
    ...(isTokenNeeded ? ['-H "Authorization: Bearer $EDGEFLAME_TOKEN"'] : []),
    `'${address.replaceAll("'", "%27")}'`,
  ].join(" ");
