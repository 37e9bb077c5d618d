// What clients ask before they ask: which version this is, what it can do, whether it wants executables.

import { EDGEFLAME_VERSION } from "../../config.ts";
import { FeatureFlagsService } from "../../connect/gen/capabilities/v1/feature_flags_pb.ts";
import { DebuginfoService } from "../../connect/gen/debuginfo/v1alpha1/debuginfo_pb.ts";
import { Version } from "../../connect/gen/version/v1/version_pb.ts";
import { AppError, invalidArgument } from "../../lib/app-error.ts";
import type { AppContext } from "../context.ts";
import { type ServiceMethod, serviceMethod } from "../service-method.ts";

/** Of querier.v1, as Pyroscope counts. */
const QUERIER_API = 1n;

/** Names that clients look for. */
const FEATURES = [
  { name: "v2StorageLayer", description: "Heatmaps and exemplars can be asked for." },
  { name: "pyroscopeRuler", description: "Recording rules, read at /metrics/profiles." },
  { name: "pyroscopeRulerFunctions", description: "Recording rules of one function." },
  { name: "utf8LabelNames", description: "Label names of any characters, for clients that say they take them." },
] as const;

const NO_SYMBOLS = "this server keeps the names that agents send and turns no addresses into names";

const debuginfo = DebuginfoService.method;

export const ABOUT_METHODS: readonly ServiceMethod[] = [
  serviceMethod(Version.method.version, "read", async () => ({ QuerierAPI: QUERIER_API })),
  serviceMethod(FeatureFlagsService.method.getFeatureFlags, "read", async () => ({
    featureFlags: FEATURES.map((one) => ({ ...one, enabled: true })),
  })),
  // An agent asks with what it uploads with; "no" keeps it from sending executables.
  serviceMethod(debuginfo.shouldInitiateUpload, "write", async () => ({
    shouldInitiateUpload: false,
    reason: NO_SYMBOLS,
  })),
  serviceMethod(debuginfo.uploadFinished, "write", async ({ gnuBuildId }) => {
    throw new AppError(
      "not_found",
      `no upload of ${JSON.stringify(gnuBuildId.slice(0, 100))} was begun: ${NO_SYMBOLS}`,
    );
  }),
  serviceMethod(debuginfo.listDebuginfo, "read", async () => ({})),
  serviceMethod(debuginfo.deleteDebuginfo, "write", async ({ gnuBuildId }) => {
    if (gnuBuildId === "") throw invalidArgument("gnu_build_id is required");
    return {};
  }),
];

/** POST debuginfo.v1alpha1.DebuginfoService/Upload/<build id>: whoever sends one did not ask. */
export function refuseExecutable(): never {
  throw new AppError("unimplemented", `executables are not taken: ${NO_SYMBOLS}`);
}

/** GET api/v1/status/buildinfo, in Prometheus' shape. */
export const buildInfo = (c: AppContext): Response =>
  c.json({
    status: "success",
    data: {
      version: EDGEFLAME_VERSION,
      revision: "",
      branch: "",
      buildUser: "",
      buildDate: "",
      goVersion: "",
    },
  });
