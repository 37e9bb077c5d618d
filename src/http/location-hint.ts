// Where in the world an app's object is made: near its first upload. It stays there.

/** Of request.cf; in tests and on a laptop there is none. */
export interface RequestPlace {
  /** Two letters. */
  readonly continent?: unknown;
  readonly country?: unknown;
  /** Degrees, as text. */
  readonly longitude?: unknown;
}

export const placeOf = (request: Request): RequestPlace => (request.cf ?? {}) as RequestPlace;

/** Asia's west has a region of its own. */
const MIDDLE_EAST: ReadonlySet<string> = new Set("AE BH CY EG IL IQ IR JO KW LB OM PS QA SA SY TR YE".split(" "));
/** Degrees of longitude that divide a continent's two regions: east of Denver, and of Vienna. */
const AMERICAN_MIDDLE = -100;
const EUROPEAN_MIDDLE = 16;

/** Undefined where nothing is known: then the platform chooses, near whoever asks. */
export function locationHint({ continent, country, longitude }: RequestPlace): DurableObjectLocationHint | undefined {
  const east = typeof longitude === "string" && longitude !== "" ? Number(longitude) : null;
  if (typeof country === "string" && MIDDLE_EAST.has(country)) return "me";
  switch (continent) {
    case "NA":
      return east !== null && east < AMERICAN_MIDDLE ? "wnam" : "enam";
    case "EU":
      return east !== null && east > EUROPEAN_MIDDLE ? "eeur" : "weur";
    case "SA":
      return "sam";
    case "AS":
      return "apac";
    case "OC":
      return "oc";
    case "AF":
      return "afr";
    default:
      return undefined;
  }
}
