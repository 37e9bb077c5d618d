// What an uploaded type is called: its id, which has to come apart again.
import { malformed } from "../lib/app-error.ts";
import { type ProfileType, profileTypeId } from "../profile/profile-type.ts";

/** @param most bytes of an id @throws AppError malformed_profile */
export function uploadedTypeId(type: ProfileType, most: number): string {
  const id = profileTypeId(type);
  if (id.length <= most && id.split(":").length === 5) return id;
  const message = `sample type ${type.sampleType.slice(0, 100)} can't be named: ids are five parts with colons between`;
  throw malformed(message, { advice: "give types and units short names without colons" });
}
