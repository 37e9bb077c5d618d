// All cases of the querier.
import { CALL_SITE_CASES } from "./querier-call-site-cases.ts";
import type { QuerierCase } from "./querier-case.ts";
import { FURTHER_CASES } from "./querier-further-cases.ts";
import { LABEL_CASES } from "./querier-label-cases.ts";
import { PROFILE_CASES } from "./querier-profile-cases.ts";

export const QUERIER_CASES: readonly QuerierCase[] = [
  ...LABEL_CASES,
  ...PROFILE_CASES,
  ...CALL_SITE_CASES,
  ...FURTHER_CASES,
];
