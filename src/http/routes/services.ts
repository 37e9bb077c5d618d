// All Connect services but the ways in: what Grafana, profilecli and agents ask besides uploading.
import type { ServiceMethod } from "../service-method.ts";
import { ABOUT_METHODS } from "./about.ts";
import { ADHOC_METHODS } from "./adhoc.ts";
import { QUERIER_METHODS } from "./querier.ts";
import { RECORDING_RULES_METHODS } from "./recording-rules.ts";
import { SETTINGS_METHODS } from "./settings.ts";
import { VCS_METHODS } from "./vcs.ts";

export const SERVICE_METHODS: readonly ServiceMethod[] = [
  ...QUERIER_METHODS,
  ...ABOUT_METHODS,
  ...SETTINGS_METHODS,
  ...RECORDING_RULES_METHODS,
  ...ADHOC_METHODS,
  ...VCS_METHODS,
];
