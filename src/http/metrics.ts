// Counters of this isolate, as Prometheus text. An isolate's counters start at zero when it starts, which
// Prometheus' rate() expects of any process.

const QUERY_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

const uploads = { count: 0, bytes: 0, empty: 0, duplicate: 0 };
const rejections = new Map<string, number>();
const queries = new Map<string, { buckets: number[]; sum: number; count: number }>();

/** @param bytes of the request that brought them */
export function countUploads(bytes: number, stored: number, empty: number): void {
  uploads.count += stored + empty;
  uploads.bytes += bytes;
  uploads.empty += empty;
}

export function countDuplicates(count: number): void {
  uploads.duplicate += count;
}

export function countRejection(reason: string): void {
  rejections.set(reason, (rejections.get(reason) ?? 0) + 1);
}

export function observeQuery(route: string, seconds: number): void {
  let histogram = queries.get(route);
  if (histogram === undefined) {
    histogram = { buckets: QUERY_BUCKETS_SECONDS.map(() => 0), sum: 0, count: 0 };
    queries.set(route, histogram);
  }
  histogram.count++;
  histogram.sum += seconds;
  histogram.buckets = histogram.buckets.map((count, i) => count + (seconds <= (QUERY_BUCKETS_SECONDS[i] ?? 0) ? 1 : 0));
}

/** Facts from outside the isolate: the catalog's, and those of the objects that were asked. */
export interface StoreFacts {
  readonly liveShards: number;
  /** Age of the oldest upload that is in no segment yet; 0 for none. */
  readonly unsealedAgeSeconds: number;
  readonly lateParts: number;
  /** Windows whose compaction is due. */
  readonly dueCompactions: number;
  /** For how long the first of them has been. */
  readonly compactionLagSeconds: number;
  readonly sealFailures: number;
  readonly alarmFailures: number;
  readonly quarantined: number;
}

export function prometheusText(facts: StoreFacts): string {
  const lines: string[] = [];
  const metric = (name: string, type: string, help: string, samples: [labels: string, value: number][]) => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`${name}${labels} ${value}`);
  };
  metric("edgeflame_uploads_total", "counter", "Uploads acknowledged.", [["", uploads.count]]);
  metric("edgeflame_upload_bytes_total", "counter", "Request bytes of acknowledged uploads.", [["", uploads.bytes]]);
  metric("edgeflame_uploads_empty_total", "counter", "Acknowledged uploads that held no samples.", [
    ["", uploads.empty],
  ]);
  metric("edgeflame_uploads_duplicate_total", "counter", "Acknowledged uploads that had been counted before.", [
    ["", uploads.duplicate],
  ]);
  metric(
    "edgeflame_rejections_total",
    "counter",
    "Requests refused, by reason.",
    [...rejections].map(([reason, count]) => [`{reason="${reason}"}`, count]),
  );
  metric("edgeflame_live_shards", "gauge", "App objects that hold what is not sealed.", [["", facts.liveShards]]);
  metric("edgeflame_unsealed_age_seconds", "gauge", "Age of the oldest upload that is in no segment yet.", [
    ["", facts.unsealedAgeSeconds],
  ]);
  metric("edgeflame_late_parts_total", "counter", "Parts sealed for an hour that had one already.", [
    ["", facts.lateParts],
  ]);
  metric("edgeflame_compactions_due", "gauge", "Windows that are due to be merged.", [["", facts.dueCompactions]]);
  metric("edgeflame_compaction_lag_seconds", "gauge", "For how long the first due window has waited.", [
    ["", facts.compactionLagSeconds],
  ]);
  metric("edgeflame_seal_failures_total", "counter", "Seals that failed and will be tried again.", [
    ["", facts.sealFailures],
  ]);
  metric("edgeflame_alarm_failures_total", "counter", "Alarms that failed and were set again.", [
    ["", facts.alarmFailures],
  ]);
  metric("edgeflame_quarantined_uploads_total", "counter", "Uploads put aside because they can't be folded.", [
    ["", facts.quarantined],
  ]);
  lines.push("# HELP edgeflame_query_seconds Time to answer a query.", "# TYPE edgeflame_query_seconds histogram");
  for (const [route, { buckets, sum, count }] of queries) {
    QUERY_BUCKETS_SECONDS.forEach((bound, i) => {
      lines.push(`edgeflame_query_seconds_bucket{route="${route}",le="${bound}"} ${buckets[i]}`);
    });
    lines.push(`edgeflame_query_seconds_bucket{route="${route}",le="+Inf"} ${count}`);
    lines.push(
      `edgeflame_query_seconds_sum{route="${route}"} ${sum}`,
      `edgeflame_query_seconds_count{route="${route}"} ${count}`,
    );
  }
  return `${lines.join("\n")}\n`;
}
