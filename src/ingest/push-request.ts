// The two ways to a Push request: our own reader for protobuf, which copies nothing, and the message that a library read.
import type { Limits } from "../config.ts";
import type { PushRequest } from "../connect/gen/push/v1/push_pb.ts";
import { keptLabels, type PushSeries, readPush, requireFewProfiles } from "../formats/push/read-push.ts";

/** @throws AppError malformed_profile, profile_too_large */
export const pushOfBytes = (bytes: Uint8Array, limits: Limits): readonly PushSeries[] => readPush(bytes, limits);

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
