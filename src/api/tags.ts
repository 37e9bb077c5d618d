// GET api/tags: the labels of a query and their values, with counts.
//
// The values of a label are counted under the query's other matchers, not under its own: a person who has
// chosen region="us-west-1" still sees the other regions and what choosing them would give.
import { z } from "zod";

export const TagsQuery = z.object({
  query: z.string().min(1),
  /** Time forms of /render: `now-1h`, `now`, unix seconds … */
  from: z.string().optional(),
  until: z.string().optional(),
});
export type TagsQuery = z.infer<typeof TagsQuery>;

export const TagValue = z.object({ value: z.string(), uploads: z.number() });
export type TagValue = z.infer<typeof TagValue>;

export const Tag = z.object({
  name: z.string(),
  values: z.array(TagValue),
  /** True when the server left values out because there were too many. */
  truncated: z.boolean(),
});
export type Tag = z.infer<typeof Tag>;

export const TagsResponse = z.object({ tags: z.array(Tag) });
export type TagsResponse = z.infer<typeof TagsResponse>;
