// Names that whoever was profiled may give a function: markup, characters that act, formulas, and very long ones.

export const SCRIPT_NAME = "</script><script>window.__ran=1</script>";
export const IMAGE_NAME = '"><img src=x onerror=window.__ran=1>';
export const BIDI_NAME = "\u202Efdp.exe\u2066\u0007\uFFFF\uD800";
export const CDATA_NAME = "]]></title><svg onload=window.__ran=1><!--";
export const FORMULA_NAME = '=HYPERLINK("http://example.org","x")';
export const LONG_NAME = `long${"x".repeat(64 * 1024 - 10)}`;

/** Control and format characters, lone surrogates and what is no character: nothing of ours writes them as they are. */
export const NOT_PLAIN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}]/u;

export const hostileNames: readonly (readonly [what: string, name: string])[] = [
  ["a script's end", SCRIPT_NAME],
  ["an image with a handler", IMAGE_NAME],
  ["marks of direction", BIDI_NAME],
  ["an end of CDATA", CDATA_NAME],
  ["a formula", FORMULA_NAME],
  ["64 KB", LONG_NAME],
];
