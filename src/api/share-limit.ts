// How much a share may hold. Apart from the schemas, so that the page does not load those.
export const SHARE_LIMIT = {
  titleChars: 200,
  textChars: 2000,
  queryChars: 16_384,
  /** Of a function. */
  nameChars: 65_536,
  /** Frames of a path that is zoomed to. */
  frames: 1000,
  /** That may frame it. */
  hosts: 20,
} as const;
