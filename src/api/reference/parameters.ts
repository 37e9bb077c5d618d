// Parameters of routes that read them by hand, because their clients repeat, misspell and leave out what they like.
import { z } from "zod";
import { RenderQuery } from "../render.ts";
import { RenderDiffQuery } from "../render-diff.ts";

export const IngestQuery = z.object({
  /** The app with its labels: `my-app.cpu{region=eu,version=7}`. */
  name: z.string(),
  /** Time forms. The whole upload belongs to the 10 s of `from`; absent: when it was received. */
  from: z.string().optional(),
  until: z.string().optional(),
  /** `pprof`, `jfr`, `folded`, `lines`, `trie`, `tree`, `speedscope`. Absent: what Content-Type and body say (docs/formats.md). */
  format: z.string().optional(),
  /** Samples a second, of formats that count them. */
  sampleRate: z.string().optional(),
  /** The profiler: `gospy`, `pyspy`, `rbspy`, … */
  spyName: z.string().optional(),
  units: z.string().optional(),
  /** `sum`, or `average` for gauges. */
  aggregationType: z.string().optional(),
});

export const OldRenderQuery = RenderQuery.partial({ query: true }).extend({
  /** In place of `query`: the name of an upload, `shop.cpu{region=eu}`. */
  name: z.string().optional(),
  /** `json`, `pprof`, `collapsed`, `dot` or `html`. */
  format: z.string().optional(),
});

export const RenderV2Query = RenderQuery.extend({
  /** `sum`, or `avg`: divided by the number of uploads. */
  aggregation: z.string().optional(),
  /** `json`, or `dot`; anything else is JSON, too. */
  format: z.string().optional(),
});

export const RenderDiffV2Query = RenderDiffQuery.omit({ format: true });

export const LabelsQuery = z.object({
  /** What the labels must be on; absent: everything. */
  query: z.string().optional(),
  /** Time forms; without both: all time. */
  from: z.string().optional(),
  until: z.string().optional(),
});

export const LabelValuesQuery = LabelsQuery.extend({
  label: z.string().min(1),
  /** Of the values, those that begin so. */
  prefix: z.string().optional(),
  /** How many at most. */
  limit: z.string().optional(),
});

export const LabelValuesV2Query = z.object({
  /** `__name__`: ids of profile types. */
  label: z.string().min(1),
  query: z.string().optional(),
});

/** Of api/apps, as Pyroscope 0.3x lists them. */
export const OldApps = z.array(
  z.object({
    /** What `/render` takes: `shop.cpu`. */
    name: z.string(),
    spyName: z.string(),
    sampleRate: z.number(),
    units: z.string(),
  }),
);

export const Names = z.array(z.string());

export const AppQuery = z.object({
  /** A service; absent: the tenant's own. */
  app: z.string().optional(),
});

export const OldDeletionQuery = z.object({
  /** The name as `/api/apps` lists it; it may come in a form or a JSON body as well. */
  name: z.string().optional(),
});

export const FileQuery = z.object({
  /** Shown as the title. */
  name: z.string().optional(),
  filename: z.string().optional(),
  /** What the file is, when its bytes do not say. */
  type: z.string().optional(),
});

export const ClaimQuery = z.object({
  /** The last part of the link that deletes. */
  secret: z.string(),
});

export const SharesQuery = z.object({
  /** The `next` of the page before. */
  after: z.string().optional(),
});

export const ReportsQuery = z.object({
  /** The `next` of the page before. */
  before: z.string().optional(),
});

export const PreviewQuery = z.object({
  /** `png` or `svg`; an ending of the path says it as well. Absent: what Accept prefers. */
  format: z.string().optional(),
  /** `light` or `dark`. */
  theme: z.string().optional(),
});

export const OembedQuery = z.object({
  /** The share's link. */
  url: z.string(),
  maxwidth: z.string().optional(),
  maxheight: z.string().optional(),
  /** `json`. */
  format: z.string().optional(),
});

export const EmbedsQuery = z.object({
  /** The `next` of the page before. */
  before: z.string().optional(),
});

/** Of api/v1/status/buildinfo, in Prometheus' shape. */
export const BuildInfo = z.object({
  status: z.literal("success"),
  data: z.object({
    version: z.string(),
    revision: z.string(),
    branch: z.string(),
    buildUser: z.string(),
    buildDate: z.string(),
    goVersion: z.string(),
  }),
});
