// Sends a decoded upload to its app's object; returns when it is durable.
import type { AppendAnswer, AppendManyAnswer, AppendManyRequest, AppendRequest } from "../aggregate/live-protocol.ts";
import { LIMITS } from "../config.ts";
import { tooLarge } from "../lib/app-error.ts";
import { BatchWriter } from "../segment/batch.ts";
import type { DecodedUpload } from "./decoded-upload.ts";
import type { UploadIdentity } from "./upload-id.ts";

export interface StorePorts {
  readonly tenant: string;
  /** Hands a batch to the object of an app's shard. Resolves when it is durable. */
  append(request: AppendRequest): Promise<AppendAnswer>;
  /** The same for a batch of many uploads, each of which may have been stored before. */
  appendMany(request: AppendManyRequest): Promise<AppendManyAnswer>;
}

/** The home shard. Hot apps get more, by series hash, in a later issue. */
export const HOME_SHARD = 0;

/**
 * @returns `duplicate` when an attempt with one of its ids was stored before
 * @throws AppError profile_too_large when the batch does not fit one call to the object
 */
export async function storeUpload(
  ports: StorePorts,
  upload: DecodedUpload,
  { ids }: UploadIdentity,
): Promise<"stored" | "duplicate"> {
  const writer = new BatchWriter(upload.stacks);
  writer.add(upload.slot, upload.series);
  const batch = writer.finish();
  if (batch.length > LIMITS.batchBytes) {
    throw tooLarge("batchBytes", batch.length, LIMITS.batchBytes, "bytes of the encoded profile");
  }
  const types = [...new Map(upload.series.map(({ type }) => [type.id, type])).values()];
  const { tenant } = ports;
  const answer = await ports.append({ tenant, service: upload.service, shard: HOME_SHARD, types, batch, ids });
  return answer.kind;
}
