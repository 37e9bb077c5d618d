// Labels that can't be kept cost their upload nothing: they are left out, and noted. An upload may bring a million of them, so
// there is one note of each kind of trouble: the first such label by name, and how many more.
import { limitNote, plainNote, shortened, spansLeftOut, type UploadNote } from "./upload-note.ts";

type Trouble =
  | "unnamed"
  | "illegal"
  | "name"
  | "value"
  | "repeated"
  | "overruled"
  | "unclosed"
  | "crowded"
  | "unread"
  | "valueless";

interface Dropped {
  readonly first: UploadNote;
  count: number;
}

interface LabelLimits {
  readonly labelNameBytes: number;
  readonly labelValueBytes: number;
  readonly labelsPerSeries: number;
}

export class LabelDrops {
  readonly #dropped = new Map<Trouble, Dropped>();
  #spans: { samples: number; readonly limits: { readonly spansPerUpload: number } } | null = null;

  /** A value without a name. */
  unnamed(): void {
    this.#add("unnamed", () => ["a label without a name", "the label was left out; name it"]);
  }

  /** @param bad the character that no label's name may have */
  illegal(name: string, bad: string): void {
    this.#add("illegal", () => [
      `label ${shortened(name)}`,
      `the label was left out; name it without '${bad}': letters, digits, _ and . may be used`,
    ]);
  }

  /** One name, several values. @param kept which of them counts */
  repeated(name: string, kept: "first" | "last"): void {
    this.#add("repeated", () => [`label ${shortened(name)}`, `it was sent with several values, the ${kept} was kept`]);
  }

  /** A label of samples whose name the upload's own labels have. */
  overruled(name: string): void {
    this.#add("overruled", () => [
      `label ${shortened(name)} of samples`,
      "the upload's own label of that name was kept; name one of them otherwise",
    ]);
  }

  /** Text where a label should be, and no `=` in it. */
  valueless(text: string): void {
    this.#add("valueless", () => [`label ${shortened(text)}`, "the label was left out; write it name=value"]);
  }

  unclosed(name: string): void {
    this.#add("unclosed", () => [`label ${shortened(name)}`, "the label was left out; end the name with }"]);
  }

  /** Nothing of the labels could be read. */
  unread(what: string, message: string): void {
    this.#add("unread", () => [what, `the labels were left out: ${shortened(message)}`]);
  }

  nameTooLong(name: string, actual: number, { labelNameBytes: allowed }: LabelLimits): void {
    this.#add("name", () => [
      `label ${shortened(name)}`,
      "the label was left out; give it a shorter name",
      ["labelNameBytes", actual, allowed],
    ]);
  }

  valueTooLong(name: string, actual: number, { labelValueBytes: allowed }: LabelLimits): void {
    this.#add("value", () => [
      `label ${shortened(name)}`,
      "the label was left out; send a shorter value",
      ["labelValueBytes", actual, allowed],
    ]);
  }

  /** @param actual labels that were there */
  crowded(whose: string, actual: number | string, { labelsPerSeries: allowed }: LabelLimits): void {
    this.#add("crowded", () => [
      whose,
      "the first ones were kept; send fewer labels",
      ["labelsPerSeries", actual, allowed],
    ]);
  }

  /** Labels that name a request, of so many samples: their series are too many to keep each one's spans. */
  spansCrowded(samples: number, limits: { readonly spansPerUpload: number }): void {
    this.#spans ??= { samples: 0, limits };
    this.#spans.samples += samples;
  }

  /** One for each kind. */
  notes(): UploadNote[] {
    const labels = [...this.#dropped.values()].map(({ first, count }) =>
      count === 1 ? first : { ...first, subject: `${first.subject}, and ${count - 1} more` },
    );
    return this.#spans === null ? labels : [...labels, spansLeftOut(this.#spans.samples, this.#spans.limits)];
  }

  #add(
    trouble: Trouble,
    told: () => readonly [subject: string, advice: string, limit?: readonly [string, number | string, number]],
  ): void {
    const known = this.#dropped.get(trouble);
    if (known !== undefined) {
      known.count++;
      return;
    }
    const [subject, advice, limit] = told();
    const first =
      limit === undefined
        ? plainNote("label_dropped", subject, advice)
        : limitNote("label_dropped", subject, limit, advice);
    this.#dropped.set(trouble, { first, count: 1 });
  }
}
