// api/annotations: remarks at moments of an app's timeline, such as a deployment. POST as Pyroscope 0.3x has it; GET and DELETE are
// ours.
import { z } from "zod";

const AppName = z.string().max(65_536);

export const NewAnnotation = z.object({
  /** One of both. Labels behind a name are ignored. */
  appName: AppName.optional(),
  appNames: z.array(AppName).max(50).optional(),
  content: z.string().default(""),
  /** Unix seconds (milliseconds and finer are told by their digits), `now-1h`, an ISO date. Absent or 0: now. */
  timestamp: z.union([z.number(), z.string().max(100)]).optional(),
});
export type NewAnnotation = z.infer<typeof NewAnnotation>;

export const AnnotationsQuery = z.object({
  /** An app's name, old or new; absent: all apps. */
  app: z.string().optional(),
  /** Time forms of /render; absent: all time. */
  from: z.string().optional(),
  until: z.string().optional(),
});

export const Annotation = z.object({
  id: z.number(),
  /** As its author wrote it. */
  appName: z.string(),
  content: z.string(),
  /** Unix seconds. */
  timestamp: z.number(),
});
export type Annotation = z.infer<typeof Annotation>;

/** One, or one for each of several apps. */
export const MadeAnnotations = z.union([Annotation, z.array(Annotation)]);

/** Newest first. */
export const AnnotationsResponse = z.object({ annotations: z.array(Annotation) });
export type AnnotationsResponse = z.infer<typeof AnnotationsResponse>;
