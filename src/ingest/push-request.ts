// The two ways to a Push request: our own reader for protobuf, which copies nothing, and the message that a library read.
import { DECODING, type Limits } from "../config.ts";
import type { PushRequest } from "../connect/gen/push/v1/push_pb.ts";
import { requireShallow } from "../formats/json-file.ts";
import { keptLabels, type PushSeries, readPush, requireFewProfiles } from "../formats/push/read-push.ts";
import { tooLarge } from "../lib/app-error.ts";
import { jsonSize } from "../lib/json-bounds.ts";

/** @throws AppError malformed_profile, profile_too_large */
export const pushOfBytes = (bytes: Uint8Array, limits: Limits): readonly PushSeries[] => readPush(bytes, limits);

/** Of Push there are no more: profiles within samples within series within the request, and labels. */
const MOST_DEPTH = 100;

/**
 * For bytes that a library makes objects of: there may be no more of them than a request of as many profiles as are allowed has.
 * @throws AppError malformed_profile, profile_too_large
 */
export function requireFewMessages(bytes: Uint8Array, isJson: boolean, limits: Limits): void {
  const { messagesPerRequest: most } = DECODING;
  let messages = 0;
  if (isJson) {
    const { depth, objects, names } = jsonSize(bytes);
    requireShallow(depth, MOST_DEPTH, "Push");
    messages = Math.max(objects, names);
  } else for (const { labelCount, samples } of readPush(bytes, limits)) messages += 1 + labelCount + samples.length;
  if (messages > most)
    throw tooLarge("messagesPerRequest", messages, most, "series, labels and profiles of the request");
}

/** @throws AppError profile_too_large */
export function pushOfMessage(message: PushRequest, limits: Limits): readonly PushSeries[] {
  const series = message.series.map(({ labels, samples }) => ({
    labels: keptLabels(
      labels.map(({ name, value }) => [name, value] as const),
      limits,
    ),
    labelCount: labels.length,
    samples: samples.map(({ rawProfile, ID }) => ({ profile: rawProfile, id: ID })),
  }));
  requireFewProfiles(series, limits);
  return series;
}
