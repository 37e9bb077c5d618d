// The picture of a share for cards, comments and job summaries. Drawn when it is first asked for, and kept beside the share's other
// objects: what removes a share removes it, too. That of two shares is not kept: it would outlive the one it is not kept with.
import type { ShareContent } from "../../api/share.ts";
import { sha256Hex } from "../../lib/sha256.ts";
import type { DrawnEmbed, LiveEmbedRow } from "../../storage/live-embeds.ts";
import { type ShareRow, sharePrefix } from "../../storage/shares.ts";
import type { ThemeName } from "../../view/palette.ts";
import { compareShares } from "../compare.ts";
import { factsOf, type ShareFacts } from "../facts.ts";
import { titleOf, totalsOf } from "../page-html.ts";
import type { SharePorts } from "../ports.ts";
import { parseContent, readContent } from "../read-content.ts";
import { drawPng } from "./draw-png.ts";
import { drawSvg } from "./draw-svg.ts";
import { drawnOnce } from "./drawn-once.ts";
import { type PreviewFacts, previewScene } from "./scene.ts";

export interface PreviewForm {
  readonly format: "png" | "svg";
  readonly theme: ThemeName;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** @param stillThere asked once more after the picture was stored: it must not outlive a deletion in between */
export async function sharePreview(
  { bucket }: Pick<SharePorts, "bucket">,
  row: ShareRow,
  form: PreviewForm,
  stillThere: () => Promise<boolean>,
): Promise<ReadableStream | Bytes> {
  const key = `${sharePrefix(row)}preview-${form.theme}.${form.format}`;
  const kept = await bucket.get(key);
  if (kept !== null) return kept.body;
  const content = await readContent(bucket, row);
  const facts = previewFacts([row], JSON.parse(row.facts) as ShareFacts);
  // A share that is being deleted may have lost its document, and not its row.
  const { picture, isNew } = drawnOnce(`${key} ${content !== null}`, () => draw({ ...facts, content }, form));
  if (!isNew) return picture;
  await bucket.put(key, picture);
  if (!(await stillThere())) await bucket.delete(key);
  return picture;
}

/** @throws AppError invalid_argument when they can't be compared. @returns null when one of them has no document */
export async function differencePreview(
  { bucket }: Pick<SharePorts, "bucket">,
  rows: readonly [ShareRow, ShareRow],
  form: PreviewForm,
): Promise<Bytes | null> {
  const left = await readContent(bucket, rows[0]);
  const right = await readContent(bucket, rows[1]);
  if (left === null || right === null) return null;
  const content: ShareContent = compareShares(left, right);
  return draw({ ...previewFacts(rows, factsOf(content, null)), content }, form);
}

/** Of a live embed, as it is kept. */
export async function livePreview(
  { tenantId, id, title }: Pick<LiveEmbedRow, "tenantId" | "id" | "title">,
  { at, bytes }: DrawnEmbed,
) {
  const hash = await sha256Hex(bytes);
  const content = await parseContent(new Blob([bytes]).stream());
  return drawnOnce(`${tenantId}/${id} ${at} ${hash}`, () =>
    draw({ ...previewFacts([{ title }], factsOf(content, null)), content }, { format: "png", theme: "light" }),
  );
}

function previewFacts(rows: readonly Pick<ShareRow, "title">[], facts: ShareFacts): Omit<PreviewFacts, "content"> {
  return { title: titleOf(rows), totals: totalsOf(facts), top: facts.graphs[0]?.top ?? [] };
}

function draw(facts: PreviewFacts, { format, theme }: PreviewForm): Bytes {
  const scene = previewScene(facts, theme);
  return format === "png" ? drawPng(scene) : new Uint8Array(new TextEncoder().encode(drawSvg(scene, facts.title)));
}
