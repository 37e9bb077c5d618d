// Hands a file to the browser, as if it had been downloaded.

export interface SavedFile {
  readonly name: string;
  readonly type: string;
  readonly data: string | Uint8Array<ArrayBuffer> | Blob;
}

/** Browsers read the address a moment after the click. */
const KEPT_MS = 60_000;

export function saveFile({ name, type, data }: SavedFile): void {
  const address = URL.createObjectURL(new Blob([data], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}
