// Which decoder an upload goes to: the first row that fits, in upstream's order. There is no unknown
// format: whatever else it says, it is folded text.
import { AppError } from "../lib/app-error.ts";

export type UploadFormat = "pprof" | "pprof-parts" | "jfr" | "folded";

/** Whether a body says when it was made, so that two equal ones are surely one that was sent twice. */
export const CARRIES_TIME = {
  pprof: true,
  "pprof-parts": true,
  jfr: true,
  folded: false,
} satisfies Record<UploadFormat, boolean>;

type KnownFormat = UploadFormat | "trie" | "tree" | "lines" | "speedscope";

interface Row {
  readonly format: KnownFormat;
  readonly fits: (format: string, contentType: string) => boolean;
}

const ROWS: readonly Row[] = [
  { format: "trie", fits: (format, type) => format === "trie" || type === "binary/octet-stream+trie" },
  { format: "tree", fits: (format, type) => format === "tree" || type === "binary/octet-stream+tree" },
  { format: "lines", fits: (format) => format === "lines" },
  { format: "jfr", fits: (format) => format === "jfr" },
  // The body as it is, even when the header says multipart.
  { format: "pprof", fits: (format) => format === "pprof" },
  { format: "speedscope", fits: (format) => format === "speedscope" },
  { format: "pprof-parts", fits: (_format, type) => type.includes("multipart/form-data") },
  { format: "folded", fits: () => true },
];

/** @throws AppError unsupported_media_type */
export function chooseFormat(format: string, contentType: string): UploadFormat {
  const chosen = ROWS.find((row) => row.fits(format, contentType))?.format ?? "folded";
  switch (chosen) {
    case "pprof":
    case "pprof-parts":
    case "jfr":
    case "folded":
      return chosen;
    default:
      throw new AppError(
        "unsupported_media_type",
        `format ${chosen} is not taken yet; taken now are pprof (multipart or format=pprof), JFR and folded text`,
        { actual: chosen, allowed: "pprof, jfr, folded", documentation: "docs/formats.md" },
      );
  }
}
