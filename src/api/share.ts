// Shares: what POST api/shares takes, what it and the upload API answer, and the document that a share's page draws.
import { z } from "zod";
import { FRAME_HOST } from "./frame-host.ts";
import { SHARE_LIMIT } from "./share-limit.ts";

/** Beyond these a graph is no picture any more. */
const MOST_NAMES = 400_000;
const MOST_LEVELS = 10_000;
const DAYS_MOST = 3650;

const ShortText = z.string().max(SHARE_LIMIT.textChars);

/** One flame graph as /render and /render-diff answer; numbers inside the levels are checked when it is decoded. */
export const ShareGraph = z.object({
  /** What it is called among the share's graphs: a profile type, or "Baseline". "" when it is the only one. */
  label: z.string().max(SHARE_LIMIT.titleChars),
  flamebearer: z.object({
    names: z.array(z.string().max(SHARE_LIMIT.nameChars)).max(MOST_NAMES),
    levels: z.array(z.array(z.number())).max(MOST_LEVELS),
    numTicks: z.number(),
    maxSelf: z.number(),
    leftTicks: z.number().optional(),
    rightTicks: z.number().optional(),
  }),
  metadata: z.object({
    format: z.enum(["single", "double"]),
    units: z.string().max(100),
    sampleRate: z.number(),
    spyName: z.string().max(100),
    name: ShortText,
    aggregation: z.enum(["sum", "average"]).optional(),
  }),
  hidden: z.object({ nodes: z.number(), largest: z.number() }).optional(),
  /** As the owner saw it; absent when labels are not to be shown. */
  query: z.string().max(SHARE_LIMIT.queryChars).optional(),
  /** Unix seconds. */
  from: z.number().optional(),
  until: z.number().optional(),
  /** Of a diff: what it was compared with; the fields above are its baseline's. */
  compared: z
    .object({ query: z.string().max(SHARE_LIMIT.queryChars).optional(), from: z.number(), until: z.number() })
    .optional(),
});
export type ShareGraph = z.infer<typeof ShareGraph>;

/**
 * single: one graph, or several of which the reader picks one (the types of an uploaded file).
 * comparison: two graphs side by side. diff: one graph of format double.
 */
export const ShareLayout = z.enum(["single", "comparison", "diff"]);
export type ShareLayout = z.infer<typeof ShareLayout>;

const SearchText = z.string().max(SHARE_LIMIT.textChars);
const ZoomPath = z.array(z.string().max(SHARE_LIMIT.nameChars)).max(SHARE_LIMIT.frames);

/** How the page was when it was shared. Whatever is unknown is ignored by who reads it. */
export const ShareView = z.object({
  display: z.enum(["flamegraph", "table", "both", "sandwich"]).optional(),
  search: SearchText.optional(),
  zoom: ZoomPath.optional(),
  /** Of the second graph of a comparison, where it differs from the first. */
  other: z.object({ search: SearchText.optional(), zoom: ZoomPath.optional() }).optional(),
  sort: z.string().max(40).optional(),
  descending: z.boolean().optional(),
  palette: z.enum(["package", "value"]).optional(),
  textEnd: z.enum(["head", "tail"]).optional(),
});
export type ShareView = z.infer<typeof ShareView>;

/** What GET share/<key>/data answers. */
export const ShareContent = z.object({
  version: z.literal(1),
  layout: ShareLayout,
  graphs: z.array(ShareGraph).min(1).max(64),
  view: ShareView,
  /** Remarks for the reader: what of the file was left out or mended. */
  notes: z.array(ShortText).max(20),
});
export type ShareContent = z.infer<typeof ShareContent>;

export const Redaction = z.object({
  /** Functions are shown as the package they are in. */
  packages: z.boolean().optional(),
  /** Folders of file names go. */
  paths: z.boolean().optional(),
  /** Label names and values of the query go. */
  labels: z.boolean().optional(),
});
export type Redaction = z.infer<typeof Redaction>;

export const Title = z.string().max(SHARE_LIMIT.titleChars);
export const LifeDays = z.number().int().min(1).max(DAYS_MOST);
const Host = z.string().max(253).regex(FRAME_HOST, "a host such as example.org or *.example.org");
export const FrameHosts = z.array(Host).max(SHARE_LIMIT.hosts);

export const ShareRequest = z.strictObject({
  title: Title.optional(),
  layout: ShareLayout,
  graphs: z.array(ShareGraph).min(1).max(2),
  view: ShareView.optional(),
  /** Null: never. */
  expiresInDays: LifeDays.nullable().optional(),
  redact: Redaction.optional(),
  /** Hosts whose pages may frame it. Null: any. */
  frameHosts: FrameHosts.nullable().optional(),
});
export type ShareRequest = z.infer<typeof ShareRequest>;

/** Of POST api/shares, api/upload/v1 and /. Addresses are absolute. */
export const ShareAnswer = z.object({
  url: z.string(),
  key: z.string(),
  /** HTTP DELETE of it deletes. Told once. */
  deleteUrl: z.string(),
  /** ISO 8601; null: never. */
  expiresAt: z.string().nullable(),
  /** The element that embeds it. */
  embed: z.string(),
});
export type ShareAnswer = z.infer<typeof ShareAnswer>;

/** POST api/upload/v1 with a JSON body, as flamegraph.com's clients send it. */
export const UploadRequest = z.object({
  name: z.string().max(SHARE_LIMIT.titleChars).optional(),
  /** Base64. */
  profile: z.string(),
  filename: z.string().max(1024).optional(),
  type: z.string().max(100).optional(),
  fileTypeData: z.object({ units: z.string().max(100).optional(), spyName: z.string().max(100).optional() }).optional(),
});
export type UploadRequest = z.infer<typeof UploadRequest>;
