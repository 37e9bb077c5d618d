// All Connect services but the ways in: what Grafana, profilecli and agents ask besides uploading.
import type { ServiceMethod } from "../service-method.ts";
import { ABOUT_METHODS } from "./about.ts";
import { QUERIER_METHODS } from "./querier.ts";
import { SETTINGS_METHODS } from "./settings.ts";

export const SERVICE_METHODS: readonly ServiceMethod[] = [...QUERIER_METHODS, ...ABOUT_METHODS, ...SETTINGS_METHODS];
