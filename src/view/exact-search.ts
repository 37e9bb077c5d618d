/** The search for one function: what search-query.ts reads as such. */

/** The search that finds one function and no other. */
export function exactSearch(name: string): string {
  return `"${name.replaceAll(/["\\]/g, "\\$&")}"`;
}
