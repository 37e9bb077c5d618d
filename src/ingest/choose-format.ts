// Which decoder an upload goes to: the first row that fits, in upstream's order. There is no unknown
// format: whatever else it says, it is folded text.

export type UploadFormat = "pprof" | "pprof-parts" | "jfr" | "folded" | "trie" | "tree" | "lines" | "speedscope";

interface Row {
  readonly format: UploadFormat;
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

export const chooseFormat = (format: string, contentType: string): UploadFormat =>
  ROWS.find((row) => row.fits(format, contentType))?.format ?? "folded";
