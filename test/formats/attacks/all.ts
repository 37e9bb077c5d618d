// All attacks, format by format.
import type { Attack } from "./attack.ts";
import { FORM_ATTACKS } from "./forms.ts";
import { JFR_ATTACKS } from "./jfr.ts";
import { OTLP_ATTACKS } from "./otlp.ts";
import { OWN_ATTACKS } from "./own.ts";
import { PPROF_ATTACKS } from "./pprof.ts";
import { PUSH_ATTACKS } from "./push.ts";
import { TEXT_ATTACKS } from "./text.ts";

export const ATTACKS: readonly Attack[] = [
  ...PPROF_ATTACKS,
  ...FORM_ATTACKS,
  ...PUSH_ATTACKS,
  ...JFR_ATTACKS,
  ...OTLP_ATTACKS,
  ...TEXT_ATTACKS,
  ...OWN_ATTACKS,
];
