// GET api/services: what has been profiled, for the page's application and profile-type selector.
import { z } from "zod";

/** Gauges (`average`: in-use heap, goroutines) are divided by the number of uploads; the rest is summed. */
export const Aggregation = z.enum(["sum", "average"]);
export type Aggregation = z.infer<typeof Aggregation>;

export const ServiceType = z.object({
  /** Profile type id, `process_cpu:cpu:nanoseconds:cpu:nanoseconds`. */
  id: z.string(),
  /** The old dotted name of the same data, `ride-sharing-app.cpu`; null when there is none. */
  oldName: z.string().nullable(),
  /** Short name for people: `cpu`, `alloc_space`. */
  label: z.string(),
  /** Old units: samples, objects, bytes, goroutines, lock_samples, lock_nanoseconds, …; or a pprof unit. */
  units: z.string(),
  /** Samples per second; turns `samples` into time. */
  sampleRate: z.number(),
  aggregation: Aggregation,
});
export type ServiceType = z.infer<typeof ServiceType>;

export const Service = z.object({
  name: z.string(),
  /** Unix seconds of the first and last slot with data. */
  firstSeen: z.number(),
  lastSeen: z.number(),
  types: z.array(ServiceType),
});
export type Service = z.infer<typeof Service>;

/** Sorted by name. */
export const ServicesResponse = z.object({ services: z.array(Service) });
export type ServicesResponse = z.infer<typeof ServicesResponse>;
