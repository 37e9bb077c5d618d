// Why an upload that was answered 200 left nothing behind, where its sender meant something else. What an idle program sends is silent:
// an empty body or part, a profile without samples, a tree of a root alone.
import { decodeFolded } from "../formats/folded.ts";
import { inflateIfGzip } from "../lib/inflate.ts";
import { labelValue } from "../profile/labels.ts";
import { plainNote, type UploadNote } from "../profile/upload-note.ts";
import { chooseFormat } from "./choose-format.ts";
import type { DecodeSettings, UploadRequest } from "./decode-upload.ts";
import { likelyAdvice } from "./likely-format.ts";
import { partsIn } from "./read-parts.ts";
import { parseName } from "./upload-params.ts";

/** A root without a name, a value and children. */
const EMPTY_TREE_BYTES = 3;
const COUNTED = / [+-]?\d+\r?$/m;
const HEAD_BYTES = 65_536;
const HEAD = new TextDecoder();
const SPACES = new Set([0x09, 0x0a, 0x0d, 0x20]);

/** Of a request for which decodeUpload gave null. Null: there is nothing to say. */
export function nothingStored(
  { params, contentType, body }: UploadRequest,
  { limits }: Pick<DecodeSettings, "limits">,
): UploadNote | null {
  const format = chooseFormat(params.get("format") ?? "", contentType);
  switch (format) {
    case "pprof":
    case "jfr":
    case "speedscope":
      return null;
    case "pprof-parts":
      return noteOnParts(partsIn(body, contentType, ["profile", "jfr"]));
    case "folded":
    case "lines":
    case "trie":
    case "tree": {
      // Text with an exemplar's id is left out on purpose.
      const { name } = parseName(params.get("name") ?? "", limits);
      if (labelValue(name.labels, "profile_id")) return null;
      const text = inflateIfGzip(body, limits);
      // Counts of nothing, as an idle program may send them, and counts below zero, which are told.
      if (format === "folded" && COUNTED.test(HEAD.decode(text.subarray(0, HEAD_BYTES))))
        return decodeFolded(text, limits).notes[0] ?? null;
      const isBinary = format === "trie" || format === "tree";
      if (isBinary ? text.length <= EMPTY_TREE_BYTES : text.every((byte) => SPACES.has(byte))) return null;
      return note(
        `read as ${format}, the body has no stack with a count`,
        likelyAdvice(text, format) ??
          "the parameter `format` and the Content-Type say what a body is: compare them with its first bytes",
      );
    }
  }
}

function noteOnParts(names: ReadonlySet<string>): UploadNote | null {
  if (names.has("profile")) return null;
  if (names.has("jfr")) return note("the form has a file `jfr`, and no `profile`", "send a recording with format=jfr");
  return note("the form has no file `profile`", "send the profile as a part of that name, with a file name");
}

const note = (subject: string, advice: string): UploadNote => plainNote("nothing_stored", subject, advice);
