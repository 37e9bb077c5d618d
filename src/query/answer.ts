// What the read path answers before HTTP puts a status and headers on it.

export type Answer =
  | { readonly kind: "json"; readonly body: unknown }
  | { readonly kind: "text"; readonly body: string; readonly fileName: string | null }
  /** A page in one file, made of the built template. */
  | { readonly kind: "html"; readonly fill: (template: string) => { readonly html: string; readonly policy: string } }
  | { readonly kind: "bytes"; readonly body: Uint8Array; readonly fileName: string };

/** A name that every file system and header takes. */
export const safeFileName = (name: string): string => name.replace(/[^\w.+\- :{}=]/g, "_").slice(0, 120);
