// The two runtimes' zlib, as far as it is used here. The whole of @types/node would bring Node's globals into Worker code.
declare module "node:zlib" {
  interface ZlibOptions {
    level?: number;
    maxOutputLength?: number;
    finishFlush?: number;
  }
  export const constants: { readonly Z_SYNC_FLUSH: number };
  export function deflateSync(bytes: Uint8Array, options?: ZlibOptions): Uint8Array;
  export function deflateRawSync(bytes: Uint8Array, options?: ZlibOptions): Uint8Array;
  export function inflateRawSync(bytes: Uint8Array, options?: ZlibOptions): Uint8Array;
  export function gzipSync(bytes: Uint8Array, options?: ZlibOptions): Uint8Array;
  export function crc32(bytes: Uint8Array): number;
  export function gunzipSync(bytes: Uint8Array, options?: ZlibOptions): Uint8Array;
}
