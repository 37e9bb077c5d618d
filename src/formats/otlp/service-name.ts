// What an OTLP profile's service is called: by its attributes, of the sample first, of the resource and the scope after.

const UNKNOWN_SERVICE = "unknown_service";

/** What a workload is called when nobody named the service, best first: the order of OpenTelemetry's conventions for Kubernetes. */
const WORKLOAD_NAMES = [
  "k8s.deployment.name",
  "k8s.replicaset.name",
  "k8s.statefulset.name",
  "k8s.daemonset.name",
  "k8s.cronjob.name",
  "k8s.job.name",
  "k8s.pod.name",
  "k8s.container.name",
] as const;

/** Attributes that say more than the app is asked for what it is called. */
export const SERVICE_NAMES: ReadonlySet<string> = new Set([
  "service.name",
  "process.executable.name",
  ...WORKLOAD_NAMES,
]);

export function serviceOf(own: ReadonlyMap<string, string>, shared: ReadonlyMap<string, string>): string {
  for (const name of ["service.name", ...WORKLOAD_NAMES]) {
    const service = own.get(name) || shared.get(name);
    if (service) return service;
  }
  const executable = own.get("process.executable.name") || shared.get("process.executable.name");
  return executable ? `${UNKNOWN_SERVICE}:${executable}` : UNKNOWN_SERVICE;
}
